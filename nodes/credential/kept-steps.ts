import type { OperationDocument } from './documents';
import type { OperationSteps, Progress } from './site-port';
import type { StorePort } from './store-port';

/** The steps of an operation that is under way, kept in its document. Only its sender writes that meanwhile. */
export class KeptSteps implements OperationSteps {
  constructor(private readonly store: StorePort, private current: OperationDocument) {}

  get userId(): string {
    return this.current.userId;
  }

  /** The document as it was kept last. */
  get operation(): OperationDocument {
    return this.current;
  }

  get progress(): Progress {
    return this.current.progress ?? {};
  }

  async keep(progress: Progress): Promise<void> {
    if (this.current.progress === undefined) return;
    const next = { ...this.current, progress: { ...this.current.progress, ...progress } };
    await this.store.write([{ collection: 'operations', put: next }]);
    this.current = next;
  }
}
