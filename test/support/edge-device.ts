/**
 * A Modbus/TCP device in a process of its own, whose discrete input 0 toggles and whose coil 0 should follow, both at
 * unit 1; any other address and unit is there and rests. Its argument is the service time. Tells its port, then
 * measures on each `EdgeOrder` and tells an `EdgeReport`; ends with its parent.
 */
import { createServer, type AddressInfo } from 'node:net';
import { type EdgeFigures, EdgeInput } from './edge-input';
import { EdgeService } from './edge-service';
import { answerTo } from './plain-answer';

export interface EdgeOrder { edges: number; unmeasured: number }
export interface EdgeReport extends EdgeFigures { meanServiceMs: number }

const UNIT = 1;
const READ_INPUTS = 2;
const WRITE_COIL = 5;
/** Offsets in a request and an answer of Modbus/TCP. */
const AT = { unit: 6, fc: 7, address: 8, value: 10, bits: 9 };

function main(serviceMs: number): void {
  const input = new EdgeInput();
  const service = new EdgeService(serviceMs, (request) => {
    const answer = answerTo(request);
    if (request[AT.unit] !== UNIT || request.readUInt16BE(AT.address) !== 0) return answer;
    if (request[AT.fc] === READ_INPUTS) answer[AT.bits] = Number(input.on);
    if (request[AT.fc] === WRITE_COIL) input.written(request.readUInt16BE(AT.value) !== 0);
    return answer;
  });
  const server = createServer({ noDelay: true }, (socket) => { service.serve(socket); });
  server.listen(0, '127.0.0.1', () => { process.send?.((server.address() as AddressInfo).port); });
  process.on('message', ({ edges, unmeasured }: EdgeOrder) => {
    void input.measure(edges, unmeasured).then((figures) => {
      process.send?.({ ...figures, meanServiceMs: service.meanMs } satisfies EdgeReport);
    });
  });
  process.on('disconnect', () => { process.exit(0); });
}

main(Number(process.argv[2]));
