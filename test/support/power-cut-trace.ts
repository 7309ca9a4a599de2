/** The calls a process made to the file system, as `strace` recorded them, in the order they began and ended. */
import { spawnSync } from 'node:child_process';

/** What the record must have so that a replay is whole. A call of the third line on a watched file ends the replay. */
const CALLS = [
  'open', 'openat', 'creat', 'close', 'write', 'pwrite64', 'writev', 'pwritev', 'pwritev2', 'fsync', 'fdatasync', 'ftruncate',
  'rename', 'renameat', 'renameat2', 'unlink', 'unlinkat', 'mkdir', 'mkdirat', 'rmdir',
  'truncate', 'link', 'linkat', 'symlink', 'symlinkat', 'fallocate', 'copy_file_range', 'sendfile', 'dup', 'dup2', 'dup3',
];

/** Bytes of one write that are recorded; a longer one makes the record useless, and is noticed. */
const LONGEST_WRITE = 2 ** 24;

export interface Call {
  name: string;
  /** Every quoted string among the arguments, as bytes. */
  strings: Buffer[];
  /** The arguments as written, strings left out. */
  args: string[];
  /** What it returned; negative: it failed. Null while it had not ended. */
  result: number | null;
}

/** One moment of the record: a call begins or ends. Most do both at once. */
export interface Moment { call: Call; begins: boolean; ends: boolean }

/** What to put before a command so that its calls are recorded in `file`. */
export function recording(file: string): string[] {
  return ['strace', '-f', '-xx', '-s', String(LONGEST_WRITE), '-e', `trace=${CALLS.join(',')}`, '-e', 'signal=none', '-o', file];
}

/** True where this machine can record at all: `strace` may be missing or not allowed. */
export function canRecord(): boolean {
  return spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;
}

export function momentsOf(record: string): Moment[] {
  const open = new Map<string, { name: string; text: string; call: Call }>();
  const moments: Moment[] = [];
  for (const line of record.split('\n')) {
    const whole = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/.exec(line);
    const begun = /^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$/.exec(line);
    const ended = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/.exec(line);
    if (begun !== null) {
      const [, pid = '', name = '', text = ''] = begun;
      const call: Call = { name, ...argumentsOf(text), result: null };
      open.set(pid, { name, text, call });
      moments.push({ call, begins: true, ends: false });
    } else if (ended !== null) {
      const [, pid = '', name, rest = '', result = ''] = ended;
      const start = open.get(pid);
      if (start === undefined || start.name !== name) throw new Error(`the record ends a call that had not begun: ${name ?? ''}`);
      open.delete(pid);
      Object.assign(start.call, argumentsOf(start.text + rest), { result: Number(result) });
      moments.push({ call: start.call, begins: false, ends: true });
    } else if (whole !== null) {
      const [, , name = '', text = '', result = ''] = whole;
      moments.push({ call: { name, ...argumentsOf(text), result: Number(result) }, begins: true, ends: true });
    }
  }
  return moments;
}

function argumentsOf(text: string): { strings: Buffer[]; args: string[] } {
  const strings: Buffer[] = [];
  if (text.includes('"...')) throw new Error('the record has only the beginning of a write');
  const bare = text.replace(/"((?:\\x[0-9a-f]{2})*)"/g, (_, hex: string) => {
    strings.push(Buffer.from(hex.replaceAll('\\x', ''), 'hex'));
    return '""';
  });
  return { strings, args: bare.split(/, (?![^[]*\])/) };
}
