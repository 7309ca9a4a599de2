import type { NodeAPI } from 'node-red';
import { isMcError } from './credential/mc-error';
import { forgetSimulator, keptSimulator } from './runtime/kept-simulators';
import { registerPalette } from './runtime/palette';

/** Site simulator: a portal, door controllers and a page to play with, on loopback, in this runtime. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-simulator', (tools) => {
    const { settings, status, node } = tools;
    const simulator = keptSimulator(RED, node.id, {
      httpPort: settings.number('httpPort', 18_700, { min: 0, max: 65_535 }),
      modbusPort: settings.number('modbusPort', 18_502, { min: 0, max: 65_535 }),
      credits: settings.number('credits', 5, { min: 0, max: 1_000_000 }),
      doors: settings.number('doors', 2, { min: 1, max: 8 }),
    });
    tools.atClose(simulator.onEvent((event) => { tools.emit(1, event, `simulator/${event.event}`); }));
    status.setBase('yellow', 'ring', 'starting');
    const starting = simulator.start().then(
      ({ httpPort }) => { status.setBase('green', 'dot', `127.0.0.1:${httpPort}`, true); },
      (error: unknown) => {
        status.setBase('red', 'ring', isMcError(error, 'PORT_IN_USE') ? 'port-in-use' : 'stopped');
        tools.raise(error as Error);
      },
    );
    return {
      async close(removed) {
        if (removed) forgetSimulator(RED, node.id);
        await starting;
        await simulator.stop();
      },
    };
  });
}
