import { McError } from '../credential/mc-error';
import { systemClock } from '../credential/clock';
import { recoverOperations } from '../credential/recover-operations';
import { NedbStore } from '../store/nedb-store';
import { resolveStoreFolder } from '../store/store-folder';
import { type ConfigTools, orProblem, registerConfig } from './config-node';
import type { NodeStatus } from './node-status';
import { Shared } from './shared';
import { tellConfigChanges } from './config-audit';
import { noteOpening, openStores } from './open-stores';

/** A predecessor on the same folder may still be closing after a redeploy. */
const PREDECESSOR_MS = 10_000;

/** A store as its users see it: opening, open, or failed with a reason. */
export class StoreLoan {
  /** Null until it is open. */
  now: NedbStore | null = null;
  private problem: McError | null = null;
  private readonly opening: Promise<void>;
  private readonly followers = new Set<() => void>();

  constructor(readonly folder: string, readonly offlineLimitHours: number, open: () => Promise<NedbStore>) {
    this.opening = open().then(
      (store) => {
        this.now = store;
        store.onHealth(() => { this.tell(); });
      },
      (error: unknown) => { this.problem = error instanceof McError ? error : new McError('STORE_CORRUPT', String(error), { cause: error }); },
    ).then(() => { this.tell(); });
  }

  /** The open store; rejects with the reason why there is none. */
  async ready(): Promise<NedbStore> {
    await this.opening;
    if (this.now === null) throw this.problem ?? new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    return this.now;
  }

  /** Keeps a node's status told of the store's health. Returns the end of it. */
  follow(status: NodeStatus): () => void {
    const show = (): void => {
      status.setTrouble('store', this.problem ?? this.now?.health.problem ?? null);
      status.setWarning('store', this.now?.openedEmptyBesideOthers === true ? 'store-beside-others' : null);
    };
    return this.onHealth(show);
  }

  /** Called now and whenever the store's health has changed. Returns the end of it. */
  onHealth(show: () => void): () => void {
    this.followers.add(show);
    show();
    return () => { this.followers.delete(show); };
  }

  async close(): Promise<void> {
    await this.opening;
    const store = this.now;
    this.now = null;
    this.problem = new McError('STORE_CLOSED', 'The store is closed. Deploy again.');
    await store?.close();
  }

  private tell(): void {
    for (const show of this.followers) show();
  }
}

export function registerStore(RED: ConfigTools['RED']): void {
  registerConfig(RED, 'mc-store', (tools) => {
    const loan = orProblem(tools, () => openLoan(tools));
    const shared = new Shared(loan, tools.node);
    if (loan instanceof McError) return () => undefined;
    noteOpening(RED, loan.ready());
    void showHealth(loan, tools);
    return async () => {
      await shared.idle();
      await loan.close();
    };
  }, { hubPassword: { type: 'password' } });
}

function openLoan({ RED, node, settings, config }: ConfigTools): StoreLoan {
  if (settings.choice('engine', ['nedb', 'postgres'], 'nedb') === 'postgres') {
    throw new McError('NOT_SUPPORTED', 'The hub on PostgreSQL is not part of this version: choose the engine "nedb".');
  }
  const userDir = (RED.settings as unknown as { userDir?: string }).userDir ?? process.cwd();
  const folder = resolveStoreFolder(userDir, settings.text('folder'), String(config['id']));
  const offlineLimitHours = settings.number('offlineLimitHours', 168, { min: 0, whole: false });
  const retentionDays = settings.number('retentionDays', 365, { min: 1 });
  return new StoreLoan(folder, offlineLimitHours, async () => {
    const store = await NedbStore.open(folder, { id: node.id, waitMs: PREDECESSOR_MS, retentionDays });
    if (store.readOnly === null) await recoverOperations(store, systemClock);
    openStores(RED).add(store);
    return store;
  });
}

async function showHealth(loan: StoreLoan, { RED, node, status }: ConfigTools): Promise<void> {
  status.setBase('yellow', 'ring', 'opening');
  try {
    const store = await loan.ready();
    if (store.openedEmptyBesideOthers) {
      node.warn('This store is new and empty while other stores lie beside it. Was a folder renamed, or an id changed on import?');
    }
    status.setWarning('empty', store.openedEmptyBesideOthers ? 'beside-others' : null);
    if (store.readOnly !== null) node.error(store.readOnly, {});
    const unfollow = loan.onHealth(() => {
      const { problem, audit } = store.health;
      if (problem === null) status.setBase('green', 'dot', 'ready');
      else if (store.readOnly === null) status.setBase('red', 'ring', problem.code, true);
      else status.setBase('red', 'dot', 'read-only');
      status.setWarning('audit', audit === null ? null : 'audit-failed');
    });
    const untell = store.readOnly === null ? tellConfigChanges(RED, store) : null;
    node.on('close', () => {
      unfollow();
      untell?.();
      openStores(RED).delete(store);
    });
  } catch (error) {
    status.setTrouble('open', error);
    node.error(error, {});
  }
}
