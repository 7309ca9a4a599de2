/** What can become of an answer between a device and a line. */
import { rightAnswer } from './known-content';
import { exceptionOf, frameOf, type Wire, type WireRequest } from './modbus-wire';

/** An answer on its way. */
export interface Answering {
  readonly wire: Wire;
  readonly request: WireRequest;
  /** Other requests may wait for their answers on this connection. */
  readonly isPipelined: boolean;
  readonly timeoutMs: number;
  readonly random: () => number;
  /** Pieces follow each other after `gapMs`; nothing else comes between them. */
  send(bytes: Buffer, gapMs?: number): void;
  sendLater(ms: number, bytes: Buffer): void;
  /** Nothing more for so long: what would have come is lost. */
  mute(ms: number): void;
  hangUp(): void;
}

export interface Mutation {
  name: string;
  /** How often, beside the weights of the others. */
  weight: number;
  /** The right answer travels too, whole: its request may resolve. */
  isTelling?: boolean;
  /** Absent: possible for every request on every wire. */
  fits?(answering: Answering): boolean;
  answer(answering: Answering): void;
}

const isWrite = ({ request }: Answering): boolean => request.functionCode >= 5;
const isRead = (answering: Answering): boolean => !isWrite(answering);

export const MUTATIONS: readonly Mutation[] = [
  { name: 'correct', weight: 40, isTelling: true, answer: (one) => { one.send(right(one)); } },
  { name: 'random bytes', weight: 4, answer: (one) => { one.send(noise(one, 1, 40)); } },
  {
    name: 'truncated', weight: 4,
    answer: (one) => {
      const frame = right(one);
      one.send(frame.subarray(0, between(one, 1, frame.length - 1)));
      // The bytes of another answer would complete this one while it is awaited, and on TCP no check sum tells.
      if (one.isPipelined) one.hangUp();
      else one.mute(one.timeoutMs * 1.5);
    },
  },
  { name: 'merged with another', weight: 6, isTelling: true, answer: merge },
  { name: 'wrong unit', weight: 4, answer: (one) => { one.send(frameOf(one.wire, { ...one.request, unit: one.request.unit + between(one, 1, 3) }, rightAnswer(one.request))); } },
  {
    name: 'wrong function', weight: 4,
    answer: (one) => {
      const [functionCode = 0, ...rest] = rightAnswer(one.request);
      put(one, [(functionCode + between(one, 1, 5)) % 6 + 1, ...rest].map((byte, index) => (index === 0 && byte === functionCode ? 0x10 : byte)));
    },
  },
  {
    name: 'wrong byte count', weight: 5, fits: isRead,
    answer: (one) => {
      const [functionCode = 0, count = 0, ...rest] = rightAnswer(one.request);
      const other = count + (one.random() < 0.5 ? -1 : between(one, 1, 4));
      const bytes = one.random() < 0.5 ? rest : [...rest, 0, 0, 0, 0].slice(0, other);
      put(one, [functionCode, other, ...bytes]);
    },
  },
  {
    name: 'wrong check sum', weight: 6, fits: ({ wire }) => wire === 'rtu-tcp',
    answer: (one) => {
      const frame = right(one);
      // Anywhere behind unit and function.
      const at = between(one, 2, frame.length - 1);
      frame.writeUInt8(frame.readUInt8(at) ^ between(one, 1, 255), at);
      one.send(frame);
    },
  },
  {
    name: 'wrong length', weight: 6, fits: ({ wire }) => wire === 'tcp',
    answer: (one) => {
      const frame = right(one);
      const length = frame.readUInt16BE(4);
      frame.writeUInt16BE(one.random() < 0.1 ? between(one, 255, 0xffff) : length + (one.random() < 0.5 ? -between(one, 1, length) : between(one, 1, 12)), 4);
      one.send(frame);
    },
  },
  {
    name: 'wrong echo', weight: 12, fits: isWrite,
    answer: (one) => {
      const pdu = rightAnswer(one.request);
      const at = between(one, 1, 4);
      put(one, pdu.map((byte, index) => (index === at ? byte ^ between(one, 1, 255) : byte)));
    },
  },
  { name: 'exception', weight: 6, answer: (one) => { put(one, exceptionOf(one.request, between(one, 1, 11))); } },
  {
    // What comes on RTU after twice the timeout cannot be told from an answer to the next request.
    name: 'late', weight: 1, isTelling: true,
    answer: (one) => { one.sendLater(one.timeoutMs * (1.15 + one.random() * (one.wire === 'tcp' ? 3 : 0.45)), right(one)); },
  },
  {
    name: 'duplicated', weight: 6, isTelling: true,
    answer: (one) => {
      if (one.wire === 'rtu-tcp' || one.random() < 0.5) {
        one.send(Buffer.concat([right(one), right(one)]));
        return;
      }
      one.send(right(one));
      one.sendLater(one.random() * one.timeoutMs, right(one));
    },
  },
  { name: 'in pieces', weight: 4, isTelling: true, answer: inPieces },
  { name: 'with garbage behind', weight: 4, isTelling: true, answer: (one) => { one.send(Buffer.concat([right(one), noise(one, 1, 12)])); } },
  { name: 'with garbage ahead', weight: 3, isTelling: true, answer: (one) => { one.send(Buffer.concat([noise(one, 1, 12), right(one)])); } },
];

/** One that fits, drawn by weight. */
export function drawMutation(answering: Answering): Mutation {
  const possible = MUTATIONS.filter(({ fits }) => fits === undefined || fits(answering));
  let left = answering.random() * possible.reduce((sum, { weight }) => sum + weight, 0);
  for (const mutation of possible) {
    left -= mutation.weight;
    if (left < 0) return mutation;
  }
  return possible[0] as Mutation;
}

/** Another answer in the same piece, which nobody can take for the right one: it may look like it only behind it. */
function merge(one: Answering): void {
  const { wire, request, random } = one;
  const elsewhere: WireRequest = { ...request, transaction: request.transaction ^ 0x8000, address: request.address + 16 };
  const isBehind = random() < 0.5;
  const other = isBehind ? elsewhere : [
    { ...elsewhere, unit: request.unit + 1 },
    { ...elsewhere, functionCode: request.functionCode % 6 + 1, value: 2 },
    isWrite(one) ? { ...elsewhere, unit: request.unit + 2 } : { ...elsewhere, value: request.value + 16 },
  ][between(one, 0, 2)] ?? elsewhere;
  const frames = [right(one), frameOf(wire, other, rightAnswer(other))];
  one.send(Buffer.concat(isBehind ? frames : frames.reverse()));
}

function inPieces(one: Answering): void {
  let rest = right(one);
  for (let gapMs = 0; rest.length > 0; gapMs = between(one, 1, 3)) {
    const length = between(one, 1, Math.max(1, rest.length >> 1));
    one.send(rest.subarray(0, length), gapMs);
    rest = rest.subarray(length);
  }
}

function right({ wire, request }: Answering): Buffer {
  return frameOf(wire, request, rightAnswer(request));
}

function put(one: Answering, pdu: readonly number[]): void {
  one.send(frameOf(one.wire, one.request, pdu));
}

function noise(one: Answering, shortest: number, longest: number): Buffer {
  return Buffer.from(Array.from({ length: between(one, shortest, longest) }, () => between(one, 0, 255)));
}

function between({ random }: Answering, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}
