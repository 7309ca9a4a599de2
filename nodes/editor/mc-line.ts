import { exchangeMs, plannedLoad } from '../field/line-load';
import { isRtu, type LineSettings } from '../field/line-settings';
import type { Dialog } from './shared/dialog';
import { pollsOn } from './shared/line-plan';
import { choice, number, text } from './shared/properties';
import { registerConfigNode } from './shared/register-node';
import { word } from './shared/words';

registerConfigNode('mc-line', {
  properties: {
    transport: choice('tcp', ['tcp', 'rtu-tcp', 'udp', 'serial']),
    host: text('', undefined, { required: (sibling) => sibling('transport') !== 'serial' }),
    port: number('502', 1, 65_535),
    path: text('', undefined, { required: (sibling) => sibling('transport') === 'serial' }),
    baudRate: number('9600', 300, 4_000_000),
    dataBits: choice('8', ['7', '8']),
    parity: choice('none', ['none', 'even', 'odd']),
    stopBits: choice('1', ['1', '2']),
    timeoutMs: number('500', 10, 60_000),
    gapMs: number('', 0, 10_000, { whole: false }),
    maxInFlight: number('1', 1, 16),
  },
  prepare: (dialog) => {
    const describe = (): void => { describeLoad(dialog); };
    dialog.form().on('change keyup', 'select, input', describe);
    describe();
  },
  labelOf: ({ transport, host, port, path }) => {
    const place = transport === 'serial' ? path : host;
    if (typeof place !== 'string' || place === '') return null;
    return transport === 'serial' ? place : `${place}:${String(port)}`;
  },
});

/** How much of the line the flows ask for, and how much it can carry. */
function describeLoad(dialog: Dialog): void {
  const box = dialog.form().find('.mc-load');
  const line = {
    transport: dialog.value('transport') as LineSettings['transport'], baudRate: Number(dialog.value('baudRate')), dataBits: Number(dialog.value('dataBits')) as 8,
    parity: dialog.value('parity') as 'none', stopBits: Number(dialog.value('stopBits')) as 1, gapMs: dialog.value('gapMs') === '' ? null : Number(dialog.value('gapMs')),
  };
  const polls = pollsOn(dialog.node.id);
  const percent = Math.round(plannedLoad(line, polls) * 100);
  const eachMs = polls.reduce((sum, poll) => sum + exchangeMs(line, poll), 0) / polls.length;
  box.toggle(Number.isFinite(percent) && polls.length > 0);
  if (!Number.isFinite(percent) || polls.length === 0) return;
  box.text([
    word('mc-line', 'load.planned', { percent, polls: polls.length }),
    word('mc-line', isRtu(line) ? 'load.carries' : 'load.assumed', { perSecond: Math.round(1000 / eachMs) }),
    ...(percent > 100 ? [word('mc-line', 'load.too-much')] : []),
  ].join(' '));
}
