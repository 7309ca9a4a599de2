import type { PulseMap } from './profile-types';

/** The time that the device can keep which is nearest to `ms`. */
export function nearestPulse({ unitMs, minMs, maxMs }: PulseMap, ms: number): number {
  const limit = (value: number): number => Math.min(maxMs, Math.max(minMs, value));
  return limit(Math.round(limit(ms) / unitMs) * unitMs);
}
