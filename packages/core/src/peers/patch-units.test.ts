import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionBrokenError } from '../connection-errors.js';
import { PeerValidationError } from '../errors.js';
import { readFieldPatch, refusedPatch, writeFieldPatch } from './field-patch-units.js';
import { readNumberPatch, writeNumberPatch } from './number-patch-units.js';
import { fitsEntry, overwriteEntry } from './number-patch.js';
import { type OwnPatch, ownPatch } from './own-patch.js';
import { peerEncoder } from './entry-encoder.js';
import { anyPeer, asRead, encoded, fullPeer, peerNumbered } from './peer-entry.fixture.js';
import { type PeerPatch, patchEntry } from './peer-patch.js';
import { UnitReader, UnitWriter, mostTextLength } from './unit-stream.js';

const now = (): number => 77;

function carried(write: (units: UnitWriter) => void): UnitReader {
  const writer = new UnitWriter(2 ** 18);
  write(writer);
  const reader = new UnitReader(2 ** 18);
  reader.memory.u8.set(writer.memory.u8.subarray(0, writer.length));
  reader.end = writer.length;
  return reader;
}

/** What comes of a patch on an entry: its bytes, or the refusal. */
function outcome(entry: unknown, { fields }: OwnPatch): string {
  try {
    const patched = patchEntry(entry as never, fields);
    return encoded(patched, now).bytes.toString('hex');
  } catch (error) {
    expect(error).toBeInstanceOf(PeerValidationError);
    return `${(error as PeerValidationError).field}: ${(error as Error).message}`;
  }
}

/** A patch as another thread reads it, in the form in which it crosses. */
function asReadBy(patch: OwnPatch): OwnPatch | (() => never) {
  try {
    return readFieldPatch(
      carried((units) => writeFieldPatch(patch, units)),
      now,
    );
  } catch (error) {
    if (!(error instanceof PeerValidationError)) throw error;
    return refusedPatch(error.field, error.message);
  }
}

const anyPatch = fc
  .tuple(anyPeer, fc.array(fc.nat(30), { maxLength: 5 }), fc.array(fc.nat(30), { maxLength: 2 }))
  .map(([entry, kept, spoilt]): PeerPatch => {
    const all = Object.entries(entry);
    const some = new Map(kept.map((at) => all[at % all.length]!));
    const bad = [null, NaN, 'x\ud800', undefined, 1e99, [], {}];
    for (const at of spoilt) some.set(all[at % all.length]![0], bad[at % bad.length] as never);
    return Object.fromEntries(some);
  });

describe('a patch that crosses between threads', () => {
  it('does to any entry what it would have done, or is refused in the same words', () => {
    const tally = { applied: 0, refused: 0 };
    fc.assert(
      fc.property(anyPeer, anyPatch, (entry, given) => {
        const patch = ownPatch(given);
        const expected = outcome(asRead(entry), patch);
        const read = asReadBy(patch);
        if (typeof read === 'function') {
          tally.refused++;
          let message = '';
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(PeerValidationError);
            message = `${(error as PeerValidationError).field}: ${(error as Error).message}`;
          }
          expect(message).toBe(expected);
        } else {
          tally.applied++;
          expect(outcome(asRead(entry), read)).toBe(expected);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(tally.applied, tally.refused)).toBeGreaterThan(100);
  });

  it.each<[string, PeerPatch]>([
    ['an empty one', {}],
    ['an empty group that is added', { location: {} }],
    ['a part of a group that is added', { dhtInfo: { bucketIndex: 3 } }],
    ['what is taken away', { nextHop: null, dhtInfo: null, location: { region: null } }],
    ['a key in bytes', { peerId: { publicKey: Uint8Array.of(1, 2) } }],
    ['items that leave something out', { endpoints: [{ address: 'a', protocol: 'b' }] }],
    ['what is undefined', { tier: undefined, location: { latitude: undefined } }],
    ['a name that is the path of another', { 'peerId.did': 'x' } as never],
    ['a name that every object has', { constructor: 1 } as never],
  ])('is the same as before: %s', (_, given) => {
    for (const entry of [fullPeer(), peerNumbered(1)]) {
      const patch = ownPatch(given);
      const read = asReadBy(patch);
      const again = typeof read === 'function' ? undefined : outcome(entry, read);
      const expected = outcome(entry, patch);
      if (again !== undefined) expect(again).toBe(expected);
      else expect(read).toThrow(expected.slice(expected.indexOf(': ') + 2));
    }
  });

  it('of numbers writes the same over an entry, and is the same as an object', () => {
    const anyNumbers = fc.record(
      {
        trustScore: fc.double({ min: 0, max: 1, noNaN: true }),
        tier: fc.constantFrom('tier1' as const, 'tier4' as const),
        authenticated: fc.boolean(),
        capabilities: fc.record(
          { energyLevel: fc.constantFrom(0, 0.5), supportsWeb4: fc.boolean() },
          { requiredKeys: [] },
        ),
        location: fc.record({ latitude: fc.nat(9) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    let unsaid = 0;
    fc.assert(
      fc.property(anyNumbers, (given) => {
        const { numbers, fields } = ownPatch(given);
        let isWritten = true;
        const units = carried((writer) => (isWritten = writeNumberPatch(numbers!, writer)));
        if (!isWritten) {
          expect(units.end).toBe(0);
          unsaid++;
          return;
        }
        const read = readNumberPatch(units, now);
        units.finish();
        const [one, other] = [encoded(fullPeer()), encoded(fullPeer())];
        expect(fitsEntry(read.numbers!, one.memory, one.base)).toBe(true);
        overwriteEntry(numbers!, one.memory, one.base);
        overwriteEntry(read.numbers!, other.memory, other.base);
        expect(other.bytes.equals(one.bytes)).toBe(true);
        const bare = peerNumbered(1);
        expect(fitsEntry(read.numbers!, encoded(bare).memory, 64)).toBe(
          given.location === undefined,
        );
        expect(outcome(bare, read)).toBe(outcome(bare, { fields, numbers }));
      }),
      { numRuns: 500 },
    );
    expect(unsaid).toBeGreaterThan(10);
  });

  it('has the present for a time of which nothing was said', () => {
    const numbers = { ...ownPatch({ lastSeen: 1 }).numbers!, values: [NaN] };
    const read = readNumberPatch(
      carried((units) => writeNumberPatch(numbers, units)),
      now,
    );
    expect(read.fields).toEqual({ lastSeen: 77 });
  });

  it('is no patch with bytes that are anything, or does nothing that an entry could not have', () => {
    const tally = { read: 0, refused: 0 };
    const anyUnits = fc.array(
      fc.oneof(
        fc.tuple(fc.nat(70), fc.nat(2)).map((words) => ({ words })),
        fc.double().map((number) => ({ number })),
        fc.constantFrom(0, 1, 0.5, -1, NaN, 1e300).map((number) => ({ number })),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(anyUnits, fc.nat(3), (given, count) => {
        const bytes = (units: UnitWriter): void => {
          units.words(count);
          for (const unit of given) {
            if ('words' in unit) units.words(...unit.words);
            else units.number(unit.number);
          }
        };
        for (const readPatch of [readNumberPatch, readFieldPatch]) {
          try {
            const patch = readPatch(carried(bytes), now);
            const { memory, base, bytes: entry } = encoded(fullPeer());
            overwriteEntry(patch.numbers!, memory, base);
            // The encoder makes the same of what it says now.
            const again = patchEntry(fullPeer(), patch.fields);
            expect(encoded(again).bytes.equals(entry)).toBe(true);
            tally.read++;
          } catch (error) {
            if (!(error instanceof ConnectionBrokenError)) throw error;
            tally.refused++;
          }
        }
      }),
      { numRuns: 4_000 },
    );
    expect(Math.min(tally.read, tally.refused)).toBeGreaterThan(50);
  });
});

describe('a text that crosses between threads', () => {
  it('is as it was, whatever it is, or cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (codes) => {
        const text = String.fromCharCode(...codes);
        const units = carried((writer) => {
          writer.text(text);
          writer.text('next');
        });
        expect([units.text(), units.text()]).toEqual([text, 'next']);
        units.finish();
      }),
    );
    const units = carried((writer) => writer.text('x'.repeat(20_000)));
    expect(units.text()).toHaveLength(mostTextLength);
  });

  it('is refused when it is longer than what came, or than it may be', () => {
    for (const length of [5, 2 ** 31, 2 ** 32 - 1, mostTextLength + 1]) {
      expect(() => carried((units) => units.words(length)).text()).toThrow(ConnectionBrokenError);
    }
    const units = carried((writer) => writer.words(1));
    expect(() => units.finish()).toThrow(ConnectionBrokenError);
  });
});

it('the encoder of this thread is none the worse for patches that were refused', () => {
  expect(() => writeFieldPatch(ownPatch({ trustScore: 7 }), new UnitWriter(2 ** 18))).toThrow();
  expect(encoded(fullPeer()).bytes.length).toBe(
    peerEncoder.encode(fullPeer(), encoded(fullPeer()).memory, 0),
  );
});
