import assert from 'node:assert/strict';
import fc from 'fast-check';
import { momentInZone } from '../../nodes/credential/site-time';

describe('a time on the clocks of a site', () => {
  const iso = (local: string, zone: string): string => new Date(momentInZone(local, zone)).toISOString();

  it('is a moment, also around a change of clocks', () => {
    assert.equal(iso('2026-03-04T08:30:00', 'UTC'), '2026-03-04T08:30:00.000Z');
    assert.equal(iso('2026-03-04T08:30:00', 'Europe/Berlin'), '2026-03-04T07:30:00.000Z');
    assert.equal(iso('2026-07-04T08:30:00', 'Europe/Berlin'), '2026-07-04T06:30:00.000Z');
    assert.equal(iso('2026-03-29T02:30:00', 'Europe/Berlin'), '2026-03-29T01:30:00.000Z', 'left out: an hour later on the clock');
    assert.equal(iso('2026-03-29T03:30:00', 'Europe/Berlin'), '2026-03-29T01:30:00.000Z');
    assert.equal(iso('2026-10-25T02:30:00', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z', 'twice: the first');
    assert.equal(iso('2026-01-01T00:00:00', 'Asia/Kathmandu'), '2025-12-31T18:15:00.000Z');
  });

  it('shows on those clocks again (property)', () => {
    const moment = fc.integer({ min: Date.parse('2020-01-01T00:00:00Z') / 1000, max: Date.parse('2035-01-01T00:00:00Z') / 1000 });
    fc.assert(fc.property(moment, fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Seoul', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC'), (seconds, zone) => {
      const shown = (ms: number): string => new Date(ms).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T');
      const local = shown(seconds * 1000);
      assert.equal(shown(momentInZone(local, zone)), local);
      assert.ok(momentInZone(local, zone) <= seconds * 1000, 'of two, the first');
    }), { numRuns: 500 });
  });
});
