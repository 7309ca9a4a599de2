import type { OperationDocument } from './documents';

/** Requests that are sent for one operation before a person has to look at it. */
export const MOST_ATTEMPTS = 8;
/** How long it is tried to settle an operation before a person has to look at it (peers-store-security 4.1). */
export const BUDGET_MS = 48 * 3_600_000;

/** True once an operation waits for a person. A person's "retry" begins a new budget. */
export function budgetIsOver({ since, attempts, budget }: Readonly<OperationDocument>, now: number): boolean {
  return now - Date.parse(budget?.since ?? since) > BUDGET_MS || attempts - (budget?.attempts ?? 0) >= MOST_ATTEMPTS;
}
