import {
  MessageKind,
  MessageReceiver,
  SpaceAnswers,
  SpaceFrame,
  SpaceKind,
  createSpaceMemory,
  maxFrameBytes,
  maxSpaceKeys,
  nextTurn,
} from '@panoptes/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ObserverSpace } from './observer-space.js';
import { storeOf } from './observer-store.js';
import type { StoredValue } from './stored-value.js';

const room = 64 * 1024;

/** A store of one space: applies frames when it is told to, and keeps what each made. */
class ScriptedStore {
  readonly frames: SpaceFrame[] = [];
  readonly state = new Map<string, StoredValue>();
  cursor: number | undefined;
  readonly memory;
  readonly answers;
  readonly #receiver;
  #applied = 0;

  constructor(state?: Uint8Array<SharedArrayBuffer>) {
    this.memory = createSpaceMemory(state, room);
    this.answers = new SpaceAnswers(this.memory);
    this.#receiver = new MessageReceiver(this.memory.ring, {
      maxBytes: { [MessageKind.frame]: maxFrameBytes(room) },
      receive: (_, bytes) => void this.frames.push(new SpaceFrame(bytes, maxSpaceKeys)),
      broken: (error) => {
        throw error;
      },
    });
  }

  get underWay(): number {
    this.#receiver.drain();
    return this.frames.length - this.#applied;
  }

  /** Writes what has come; who waits for that learns of it when the event loop has its turn. */
  write(): void {
    this.#receiver.drain();
    while (this.#applied < this.frames.length) {
      const frame = this.frames[this.#applied++]!;
      for (const { key, kind, value } of frame.changes()) {
        if (kind === SpaceKind.gone) this.state.delete(key.toString());
        else
          this.state.set(
            key.toString(),
            kind === SpaceKind.text ? value.toString() : Uint8Array.from(value),
          );
      }
      this.cursor = frame.cursor;
      this.answers.wrote();
    }
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await nextTurn();
}

async function finish(space: ObserverSpace, store: ScriptedStore): Promise<void> {
  await space.finish();
  store.write();
}

const sorted = (entries: Iterable<[string, StoredValue]>): [string, StoredValue][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

/** What happens to an observer. */
type Step =
  | { readonly kind: 'set'; readonly key: string; readonly value: StoredValue }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'clear' | 'seal' | 'write' | 'turn' };

const key = fc.constantFrom('a', 'b', 'c', 'ä', '__proto__', '日本');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      key,
      value: fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array()),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'clear' as const,
        'seal' as const,
        'seal' as const,
        'write' as const,
        'turn' as const,
      ),
    }),
  },
);

describe('what an observer stores', () => {
  it('E9 is a Map to it, and on disk always one that a handler left, with its cursor', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const store = new ScriptedStore();
        const space = new ObserverSpace(store.memory);
        const model = new Map<string, StoredValue>();
        /** What each handler left, by its seq. */
        const left = new Map<number, [string, StoredValue][]>();
        let seq = 0;
        for (const one of steps) {
          if (one.kind === 'set') {
            space.set(one.key, one.value);
            model.set(one.key, one.value);
          } else if (one.kind === 'delete') {
            expect(space.delete(one.key)).toBe(model.delete(one.key));
          } else if (one.kind === 'clear') {
            space.clear();
            model.clear();
          } else if (one.kind === 'seal') {
            left.set(++seq, sorted(model));
            space.seal(seq);
          } else if (one.kind === 'write') store.write();
          else await turns();
          expect(store.underWay).toBeLessThanOrEqual(1);
          expect(sorted(space)).toEqual(sorted(model));
          expect(space.size).toBe(model.size);
          if (store.cursor !== undefined)
            expect(sorted(store.state)).toEqual(left.get(store.cursor));
        }
        if (seq === 0) return;
        await finish(space, store);
        expect(store.cursor).toBe(seq);
        expect(sorted(store.state)).toEqual(sorted(model));
      }),
      { numRuns: 300 },
    );
  });

  it('is found by the next incarnation, with the transaction that it is of', () => {
    const store = new ScriptedStore();
    const space = new ObserverSpace(store.memory);
    space.set('text', 'ein Text').set('bytes', Uint8Array.of(1, 2, 3));
    space.seal(7);
    store.write();
    const [frame] = store.frames;
    const state = new Uint8Array(new SharedArrayBuffer(frame!.bytes.length));
    state.set(frame!.bytes);
    const next = new ObserverSpace(new ScriptedStore(state).memory);
    expect(next.cursor).toBe(7);
    expect(sorted(next)).toEqual(sorted(space));
    expect(next.bytes).toBe(space.bytes);
  });

  it('does not change with what was handed in or out', () => {
    const space = new ObserverSpace(new ScriptedStore().memory);
    const given = Uint8Array.of(1, 2, 3);
    space.set('key', given);
    given[0] = 9;
    (space.get('key') as Uint8Array)[1] = 9;
    for (const [, value] of space) (value as Uint8Array)[2] = 9;
    expect(space.get('key')).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('has room for so much and no more; what there is no room for changes nothing', () => {
    const space = new ObserverSpace(new ScriptedStore().memory);
    space.set('a', 'x'.repeat(room - 33));
    expect(space.bytes).toBe(room);
    const full = expect.objectContaining({ code: 'OBSERVER_STORE_FULL' }) as Error;
    expect(() => space.set('b', '')).toThrow(full);
    expect(() => space.set('a', 'x'.repeat(room - 32))).toThrow(full);
    expect([...space.keys()]).toEqual(['a']);
    expect(space.bytes).toBe(room);
    space.set('a', '').set('b', '');
    expect(space.bytes).toBe(2 * 33);
  });

  it('has no more than 65,536 keys, however small they are', () => {
    const space = new ObserverSpace(createSpaceMemory(undefined, 2 ** 24));
    for (let number = 0; number < 65_536; number++) space.set(`${number}`, '');
    const full = expect.objectContaining({
      code: 'OBSERVER_STORE_FULL',
      message: expect.stringMatching(/at most 65536 keys, got 65537/) as string,
    }) as Error;
    expect(() => space.set('more', '')).toThrow(full);
    space.set('0', 'x').delete('1');
    space.set('more', '');
    expect(space.size).toBe(65_536);
  });

  it('shows an observer nothing but a store like a Map', () => {
    const space = new ObserverSpace(new ScriptedStore().memory);
    const store = storeOf(space).set('a', '1').set('b', Uint8Array.of(2));
    expect(Object.keys(store)).toEqual([]);
    for (const name of ['seal', 'finish', 'close']) expect(name in store).toBe(false);
    const model = new Map<string, StoredValue>(store.entries());
    expect([...store.values()]).toEqual([...model.values()]);
    expect([...store.keys()]).toEqual([...model.keys()]);
    const told: unknown[] = [];
    const expected: unknown[] = [];
    store.forEach((value, key, of) => told.push([value, key, of === store]));
    model.forEach((value, key, of) => expected.push([value, key, of === model]));
    expect(told).toEqual(expected);
    expect([store.size, store.bytes, store.cursor]).toEqual([2, space.bytes, undefined]);
    expect([store.has('a'), store.delete('a'), store.get('a')]).toEqual([true, true, undefined]);
    store.clear();
    expect([...store]).toEqual([]);
  });

  it.each([
    [new ArrayBuffer(2), /got an ArrayBuffer; store new Uint8Array\(buffer\)/],
    [new Uint16Array(2), /got a typed array of another kind; store new Uint8Array\(view\.buffer/],
    [new DataView(new ArrayBuffer(2)), /got a DataView; store new Uint8Array\(view\.buffer/],
    [5, /got 5; store String\(number\)/],
    [undefined, /got undefined; delete\(key\)/],
    ['\ud800', /toWellFormed/],
    [{ a: 1 }, /got an object; store JSON\.stringify\(value\)/],
  ])('says of a value that cannot be stored what it is, and what can (%#)', (value, message) => {
    const space = new ObserverSpace(new ScriptedStore().memory);
    expect(() => space.set('a', value as string)).toThrow(message);
  });

  it.each([
    ['no text as key', 5, 'x'],
    ['an empty key', '', 'x'],
    ['a key of more than 512 bytes', 'ä'.repeat(257), 'x'],
    ['a key that is no text', '\ud800', 'x'],
    ['a text that is none', 'a', '\ud800'],
    ['a number', 'a', 5],
    ['bytes of another width', 'a', new Uint16Array(2)],
  ])('refuses %s', (_, badKey, value) => {
    const space = new ObserverSpace(new ScriptedStore().memory);
    expect(() => space.set(badKey as string, value as string)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
    expect(space.size).toBe(0);
  });

  it('says how far it has come from time to time, not with each run', async () => {
    const store = new ScriptedStore();
    const space = new ObserverSpace(store.memory);
    for (let seq = 1; seq <= 100; seq++) {
      space.seal(seq);
      store.write();
      await turns();
    }
    expect(store.frames.length).toBeLessThanOrEqual(2);
    await finish(space, store);
    expect(store.cursor).toBe(100);
  });

  it('sends one frame at a time, also when it learns late that one is on disk', async () => {
    const store = new ScriptedStore();
    const space = new ObserverSpace(store.memory);
    space.set('a', '1');
    space.seal(1);
    // Woken after the space is, which waits for the same.
    const learnt = store.answers.moved(0);
    store.write();
    for (const seq of [2, 3]) {
      space.set('a', `${seq}`);
      space.seal(seq);
    }
    await learnt;
    await turns();
    expect(store.underWay).toBe(1);
    await finish(space, store);
    expect([store.cursor, store.state.get('a')]).toEqual([3, '3']);
  });

  it('waits for its store no longer once that takes nothing more', async () => {
    const store = new ScriptedStore();
    const space = new ObserverSpace(store.memory);
    // More than the ring holds twice, and nobody reads it.
    const memory = createSpaceMemory(undefined, 2 ** 24);
    const large = new ObserverSpace(memory);
    large.set('key', 'x'.repeat(2 ** 20));
    large.seal(1);
    const finishing = large.finish();
    new SpaceAnswers(memory).end();
    await finishing;
    store.answers.end();
    space.set('a', 'b');
    space.seal(1);
    await space.finish();
  });
});
