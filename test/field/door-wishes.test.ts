import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DoorWishes, WISH_SOURCES } from '../../nodes/field/door-wishes';

describe('wishes of a door', () => {
  it('rank fire before lockdown before operator before schedule, each until it is taken back (property)', () => {
    assert.deepEqual([...WISH_SOURCES], ['fire', 'lockdown', 'operator', 'schedule']);
    const step = fc.record({ source: fc.constantFrom(...WISH_SOURCES), wish: fc.constantFrom('lock' as const, 'unlock' as const, null) });
    fc.assert(fc.property(fc.array(step), (steps) => {
      const wishes = new DoorWishes();
      const held: Partial<Record<string, 'lock' | 'unlock'>> = {};
      for (const { source, wish } of steps) {
        if (wish === null) {
          wishes.drop(source);
          Reflect.deleteProperty(held, source);
        } else {
          wishes.set(source, wish);
          held[source] = wish;
        }
        const first = WISH_SOURCES.find((one) => held[one] !== undefined);
        assert.deepEqual(wishes.ruling, first === undefined ? null : { source: first, wish: held[first] });
        const by = first !== undefined && held[first] === 'lock' ? first : null;
        assert.equal(wishes.refuses('grant'), by);
        assert.equal(wishes.refuses('operator'), by === 'schedule' ? null : by);
        // Who passes a lockdown is stopped by every other lock, also by one below it.
        const below = WISH_SOURCES.find((one) => one !== 'lockdown' && held[one] !== undefined);
        const other = below !== undefined && held[below] === 'lock' ? below : null;
        assert.equal(wishes.refuses('grant', true), by === 'lockdown' ? other : by);
      }
    }));
  });
});
