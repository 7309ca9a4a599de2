import type { OperationDocument } from './documents';

/** Requests that are sent for one operation before a person has to look at it. */
export const MOST_ATTEMPTS = 8;
/** How long it is tried to settle an operation before a person has to look at it (peers-store-security 4.1). */
export const BUDGET_MS = 48 * 3_600_000;

/** As `budgetIsOver`, for what is brought to its end by looking and by requests that cost nothing: only time ends that. */
export function timeIsOver({ since, budget }: Readonly<OperationDocument>, now: number): boolean {
  return now - Date.parse(budget?.since ?? since) > BUDGET_MS;
}

/** True once an operation waits for a person. A person's "retry" begins a new budget. */
export function budgetIsOver(operation: Readonly<OperationDocument>, now: number): boolean {
  return timeIsOver(operation, now) || operation.attempts - (operation.budget?.attempts ?? 0) >= MOST_ATTEMPTS;
}
