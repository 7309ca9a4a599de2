import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemClock } from '../credential/clock';
import { Desk } from '../credential/desk';
import { commitPlan, type ImportReport } from '../credential/import/import-commit';
import type { ImportMapping } from '../credential/import/import-columns';
import type { Conflict } from '../credential/import/import-document';
import { type Digest, type ImportPlan, type ImportPorts, makePlan } from '../credential/import/import-plan';
import { McError } from '../credential/mc-error';
import type { SitePort } from '../credential/site-port';
import type { NedbStore } from '../store/nedb-store';
import { cryptoRandom } from './crypto-random';
import { importTable } from './import-table';

/** What a message says of the plan that it wants carried out. */
export interface WantedPlan {
  hash?: unknown;
  confirmReissues?: unknown;
  limitToCredits?: unknown;
}

export interface PlanOptions {
  mapping: ImportMapping;
  /** True where the mapping is the node's own property. */
  fromNode: boolean;
  conflict: Conflict;
  maxRows: number;
}

export interface RunOptions {
  concurrency: number;
  onProgress: (done: number, total: number) => void;
  stopped: () => boolean;
}

/** Plans bulk imports and carries them out: `mc-import` behind its wrapper. */
export class ImportDesk {
  private readonly ports: ImportPorts;

  constructor(site: SitePort, private readonly store: NedbStore, clock = systemClock) {
    this.ports = { site, store, clock, digest: sha256, pause: nextTurn, ensureRoom: (bytes) => store.ensureRoom(bytes) };
  }

  /** Prices a file or an array of row objects and keeps the plan. Sends nothing but one question for the credits. */
  async plan(payload: unknown, { maxRows, ...options }: PlanOptions): Promise<ImportPlan> {
    return makePlan(this.ports, await importTable(payload, maxRows), options);
  }

  /** Carries a kept plan out; one at a time in a store, so that two do not race for the same credits. */
  commit(wanted: WantedPlan, options: RunOptions): Promise<ImportReport> {
    const { hash } = wanted;
    if (typeof hash !== 'string' || hash === '') {
      throw new McError('INPUT_INVALID', 'Say in msg.plan.hash which plan is carried out: the "hash" that "plan" answered.');
    }
    const { site, store, clock } = this.ports;
    const run = new Desk(site, store, { clock, random: cryptoRandom }).run(options.concurrency);
    return this.store.exclusive(`import:${site.siteId}`, () => commitPlan(this.ports, run, hash, {
      ...options,
      confirmReissues: wanted.confirmReissues === true,
      limitToCredits: wanted.limitToCredits === true,
    }));
  }
}

function sha256(): Digest {
  const hash = createHash('sha256');
  return { update: (text) => { hash.update(text); }, end: () => hash.digest('hex') };
}
