import type { NodeAPI } from 'node-red';
import { CARD_FORMATS } from './credential/card-format-names';
import { Reader } from './field/reader';
import { registerPalette } from './runtime/palette';
import { warnOfOverload } from './runtime/line-overload';
import { watchNumberLength } from './runtime/number-length';

/** Reader: every card presented leaves as one message. */
export default function (RED: NodeAPI): void {
  registerPalette(RED, 'mc-reader', (tools) => {
    const { settings, status } = tools;
    settings.required('format');
    const format = settings.choice('format', CARD_FORMATS, 'decimal');
    const device = settings.text('device');
    const controller = tools.controller();
    const reader = new Reader(controller, {
      reader: settings.requiredNumber('reader', { min: 1 }),
      door: settings.required('door'),
      direction: settings.choice('direction', ['in', 'out'], 'in'),
      format,
      byteOrder: settings.choice('byteOrder', ['msb', 'lsb'], 'msb'),
      device,
      pollMs: settings.number('pollMs', 50, { min: 5 }),
      repeatMs: settings.number('repeatMs', 2000, { min: 0 }),
    }, {
      onRead: (read) => {
        status.setActivity('blue', 'dot', read.key === undefined ? 'read' : 'key');
        tools.emit(1, read, `${read.key === undefined ? 'read' : 'key'}/${read.door}`);
      },
      onTrouble: (error) => {
        if (error === null) status.setTrouble('last', null);
        else tools.raise(error);
      },
    });
    reader.start();
    tools.atClose(() => { reader.stop(); });
    status.setBase('yellow', 'ring', 'connecting');
    tools.atClose(controller.onLine((up) => {
      if (up) status.setBase('green', 'dot', 'ready');
      else status.setBase('red', 'ring', 'line-down');
    }));
    tools.atClose(warnOfOverload(controller, status));
    tools.atClose(watchNumberLength(RED, format, (tooShort) => { status.setWarning('format', tooShort ? 'format-too-short' : null); }));
    status.setWarning('device', device === '' ? 'no-device' : null);
    return {};
  });
}
