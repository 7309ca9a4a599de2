import { choice, number, text } from './shared/properties';
import { registerConfigNode } from './shared/register-node';

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
  labelOf: ({ transport, host, port, path }) => {
    const place = transport === 'serial' ? path : host;
    if (typeof place !== 'string' || place === '') return null;
    return transport === 'serial' ? place : `${place}:${String(port)}`;
  },
});
