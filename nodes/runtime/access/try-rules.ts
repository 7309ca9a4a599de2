import { McError } from '../../credential/mc-error';
import type { NedbStore } from '../../store/nedb-store';
import type { Message } from '../palette';
import { type DryRun, dryRun } from './dry-run';
import { inTurns } from './in-turns';
import type { RulesInForce } from './rules-in-force';

const USUAL = 100;
const MOST = 10_000;

/** Which of the last `msg.last` decisions at this store would change under the rules in the payload. Nothing is put in force. */
export async function tryRules(store: NedbStore, rules: RulesInForce, { payload, last }: Message): Promise<DryRun> {
  const limit = last ?? USUAL;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new McError('INPUT_INVALID', `msg.last must be a whole number from 1 to ${MOST}: so many decisions are gone through.`);
  }
  const proposed = await rules.read(payload);
  if (rules.now === null) throw rules.whyNone ?? new McError('CONFIG_INVALID', 'There are no rules in force to compare with.');
  const rows = await store.ask('query', { kind: 'decision', limit });
  return inTurns(dryRun(rows, store, rules.now, proposed));
}
