import { McError } from '../credential/mc-error';
import { Line } from '../field/line';
import type { LineSettings } from '../field/line-settings';
import { type ConfigTools, orProblem, registerConfig } from './config-node';
import { Shared } from './shared';
import type { Settings } from './settings';

/** One line for all controllers on it: it connects with the first user and rests when the last one is gone. */
export function registerLine(RED: ConfigTools['RED']): void {
  registerConfig(RED, 'mc-line', (tools) => {
    const line = orProblem(tools, () => new Line(lineSettings(tools.settings)));
    if (line instanceof McError) {
      new Shared<Line>(line, tools.node);
      return () => undefined;
    }
    const shared = new Shared(line, tools.node, { first: () => { line.open(); } });
    let shown = '';
    const unload = line.onLoad((load) => {
      const percent = Math.round(load * 100);
      if (line.state !== 'up' || `${percent}` === shown) return;
      shown = `${percent}`;
      tools.status.setBase(load > 1 ? 'yellow' : 'green', 'dot', `${percent} %`, true);
    });
    const unfollow = line.onState((state, error) => {
      shown = '';
      if (state === 'up') tools.status.setBase('green', 'dot', 'up');
      else if (state === 'connecting') tools.status.setBase('yellow', 'ring', 'connecting');
      else tools.status.setBase('red', 'ring', error?.code ?? 'down', error !== null);
    });
    return async () => {
      await shared.idle();
      unload();
      unfollow();
      await line.close();
    };
  });
}

function lineSettings(settings: Settings): LineSettings {
  const transport = settings.choice('transport', ['tcp', 'rtu-tcp', 'udp', 'serial'], 'tcp');
  return {
    transport,
    host: transport === 'serial' ? '' : settings.required('host'),
    port: settings.number('port', 502, { min: 1, max: 65_535 }),
    path: transport === 'serial' ? settings.required('path') : '',
    baudRate: settings.number('baudRate', 9600, { min: 300, max: 4_000_000 }),
    dataBits: settings.number('dataBits', 8, { min: 7, max: 8 }) as 7 | 8,
    parity: settings.choice('parity', ['none', 'even', 'odd'], 'none'),
    stopBits: settings.number('stopBits', 1, { min: 1, max: 2 }) as 1 | 2,
    timeoutMs: settings.number('timeoutMs', 500, { min: 10, max: 60_000 }),
    gapMs: settings.optionalNumber('gapMs', { min: 0, max: 10_000, whole: false }),
    maxInFlight: settings.number('maxInFlight', 1, { min: 1, max: 16 }),
  };
}
