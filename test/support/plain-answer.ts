/** The answer of a device that has nothing to say: reads are zeros, writes are echoed. `request` is 12 bytes of Modbus/TCP. */
export function answerTo(request: Buffer): Buffer {
  const fc = request[7] ?? 0;
  if (fc >= 5) return Buffer.from(request);
  const count = request.readUInt16BE(10);
  const bytes = fc <= 2 ? Math.ceil(count / 8) : count * 2;
  const answer = Buffer.alloc(9 + bytes);
  request.copy(answer, 0, 0, 8);
  answer.writeUInt16BE(3 + bytes, 4);
  answer[8] = bytes;
  return answer;
}
