/** Every shipped profile as a device would be used through it, and what overrides may say. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import type { CardFormat } from '../../nodes/credential/card-format-names';
import { isMcError } from '../../nodes/credential/mc-error';
import { decodeCard } from '../../nodes/field/card-format';
import { nearestPulse } from '../../nodes/field/nearest-pulse';
import { PROFILE_IDS, resolveProfile } from '../../nodes/field/profile';
import { readerHandshake } from '../../nodes/field/reader-kinds';
import { FakeController } from './fake-controller';

interface Example { words: number[]; bits?: number; format?: CardFormat; cardId?: string }

describe('profiles', () => {
  for (const id of PROFILE_IDS) {
    const profile = resolveProfile(id, undefined);
    profile.readers.forEach((map, index) => {
      it(`${id}: reader ${index + 1} reads its worked example`, async () => {
        const example = map.example as Example;
        assert.ok(example, 'a reader without a worked example');
        const controller = new FakeController(profile);
        const handshake = readerHandshake(controller, index + 1);
        const poll = () => handshake.poll({ priority: 'reader', deadlineAt: Date.now() + 1000 });
        await poll();
        if (map.handshake === 'stream') return;
        assert.equal(example.words.length, map.id.words);
        example.words.forEach((word, at) => controller.registers.set(map.id.address + at, word));
        if (map.handshake === 'clear-flag') controller.bits.set(map.flag.address, true);
        if (map.handshake === 'bit-count') controller.registers.set(map.count, example.bits ?? 0);
        if (map.handshake === 'sequence') {
          controller.registers.set(map.sequence, 1);
          if (map.bits !== null) controller.registers.set(map.bits, example.bits ?? 0);
        }
        const { read, trouble } = await poll();
        assert.equal(trouble, null);
        assert.ok(read);
        if (example.cardId !== undefined) {
          assert.equal(decodeCard(read.identifier, read.bitCount, example.format ?? 'decimal').cardId, example.cardId);
        }
        if (id === 'barix-x8') {
          // door-hardware 4.2: 26 bits, bytes A8 DF D8 and the two low bits of CA.
          assert.equal(read.identifier, (0xa8dfd8n << 2n) | 2n);
        }
        if (map.handshake === 'clear-flag') assert.equal(controller.bits.get(map.clear.address), false);
      });
    });

    it(`${id}: says where it is from, and what must be known`, () => {
      assert.notEqual(profile.source, '');
      assert.ok(profile.cautions.length > 0);
      assert.notEqual(profile.verified, 'bench');
    });
  }

  it('keeps its id, whatever is overridden, and what is shipped stays as it was', () => {
    assert.equal(resolveProfile('generic', { id: 'mine' }).id, 'generic');
    assert.equal(resolveProfile('waveshare-io-8', { inputs: { count: 4 } }).inputs?.count, 4);
    assert.equal(resolveProfile('waveshare-io-8', undefined).inputs?.count, 8);
  });

  it('describes a device that nobody shipped', () => {
    const profile = resolveProfile('generic', {
      inputs: { fc: 2, address: 16, count: 4 },
      outputs: { kind: 'coil', address: 32, count: 2, readBack: { fc: 1, address: 32 } },
      pulse: { kind: 'fc6-command', address: 100, command: 0x0600, unitMs: 1000, minMs: 1000, maxMs: 255_000 },
      readers: [{ handshake: 'sequence', fc: 4, sequence: 0, bits: null, id: { address: 1, words: 4 } }],
    });
    assert.equal(profile.outputs?.address, 32);
    assert.equal(profile.readers.length, 1);
  });

  for (const [what, overrides, field] of [
    ['a time that would run over 16 bits', { pulse: { maxMs: 6_553_600 } }, 'pulse.maxMs'],
    ['the value that switches on for good', { pulse: { maxMs: 6_528_000 } }, 'pulse.maxMs'],
    ['a time that spills into the command', { pulse: { kind: 'fc6-command', command: 0x0100, unitMs: 100, minMs: 100, maxMs: 25_600 } }, 'pulse.maxMs'],
    ['less than nothing', { pulse: { minMs: 5000, maxMs: 1000 } }, 'pulse.minMs'],
    ['half a unit', { pulse: { minMs: 150 } }, 'pulse.minMs'],
    ['inputs past the last address', { inputs: { address: 65_530 } }, 'inputs.count'],
    ['outputs past the last address', { outputs: { address: 65_535 } }, 'outputs.count'],
    ['a field nobody knows', { relays: 3 }, 'relays'],
    ['a handshake nobody knows', { readers: [{ handshake: 'semaphore' }] }, 'readers[0].handshake'],
    ['a function that cannot be read', { inputs: { fc: 3 } }, 'inputs.fc'],
    ['text for a number', { outputs: { count: '8' } }, 'outputs.count'],
  ] as const) {
    it(`refuses ${what}, and names the field`, () => {
      assert.throws(() => resolveProfile('waveshare-io-8', overrides), (error: unknown) =>
        isMcError(error, 'CONFIG_INVALID') && error.message.includes(field));
    });
  }

  for (const [what, id, overrides, fields] of [
    ['a strike on the coil of a reader\'s flag', 'inveo-rfid-ind', { outputs: { address: 1016 } }, ['profile.outputs', 'profile.readers[0].flag']],
    ['a strike on the register of a bit count', 'barix-x8', { outputs: { kind: 'register', address: 10, count: 4 } }, ['profile.outputs', 'profile.readers[0].count']],
    ['an input that is the strike itself', 'advantech-adam-6060', { inputs: { address: 14 } }, ['profile.outputs', 'profile.inputs']],
    ['a pulse over an input', 'simulator', { inputs: { fc: 1, address: 510 } }, ['profile.pulse', 'profile.inputs']],
  ] as const) {
    it(`refuses ${what}, and names both`, () => {
      assert.throws(() => resolveProfile(id, overrides), (error: unknown) =>
        isMcError(error, 'CONFIG_INVALID') && fields.every((field) => error.message.includes(field)));
    });
  }

  it('hold to the schema, as ajv itself reads it, and the generated check is made from it', async () => {
    const { validatorText } = await import(pathToFileURL(join('build-schema.mjs')).href) as { validatorText: () => Promise<string> };
    assert.equal(readFileSync(join('nodes', 'field', 'profile-validator.ts'), 'utf8'), await validatorText(), 'run node build-schema.mjs');
    const holds = new Ajv({ discriminator: true, strictRequired: false, allowUnionTypes: true })
      .compile(JSON.parse(readFileSync(join('nodes', 'field', 'profile-schema.json'), 'utf8')) as object);
    for (const file of readdirSync(join('nodes', 'field', 'profiles'))) {
      const profile: unknown = JSON.parse(readFileSync(join('nodes', 'field', 'profiles', file), 'utf8'));
      assert.ok(holds(profile), `${file}: ${JSON.stringify(holds.errors)}`);
      assert.equal(`${(profile as { id: string }).id}.json`, file);
    }
    assert.equal(PROFILE_IDS.length, 14);
  });

  it('refuses what is no object at all', () => {
    for (const overrides of [[], 'x', 3, true]) {
      assert.throws(() => resolveProfile('generic', overrides), { code: 'CONFIG_INVALID' });
    }
  });

  it('never throws anything but its own error, whatever the overrides', () => {
    fc.assert(fc.property(fc.constantFrom(...PROFILE_IDS), fc.dictionary(
      fc.constantFrom('inputs', 'outputs', 'pulse', 'readers', 'watchdog', 'cautions', 'maxInFlight', '__proto__', 'x'), fc.jsonValue(),
    ), (id, overrides) => {
      try {
        assert.equal(resolveProfile(id, overrides).id, id);
      } catch (error) {
        assert.ok(isMcError(error, 'CONFIG_INVALID'), String(error));
      }
    }), { numRuns: 2000 });
  });

  it('names as nearest a time that the device can keep, and none is nearer', () => {
    const times = PROFILE_IDS.map((id) => resolveProfile(id, undefined).pulse).filter((pulse) => pulse !== null);
    fc.assert(fc.property(fc.constantFrom(...times), fc.integer({ min: -10_000, max: 4_000_000 }), (pulse, ms) => {
      const nearest = nearestPulse(pulse, ms);
      assert.ok(nearest >= pulse.minMs && nearest <= pulse.maxMs && nearest % pulse.unitMs === 0);
      for (const other of [nearest - pulse.unitMs, nearest + pulse.unitMs]) {
        if (other >= pulse.minMs && other <= pulse.maxMs) assert.ok(Math.abs(other - ms) >= Math.abs(nearest - ms));
      }
    }));
  });
});
