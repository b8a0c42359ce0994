import { afterEach, describe, expect, it } from 'vitest';
import { KIND_PADDING, RECORD_HEADER_BYTES, Word } from './log-layout.js';
import { type LogMemory, createLogMemory } from './log-memory.js';
import { LogReader } from './log-reader.js';
import { LogWriter } from './log-writer.js';
import { ReaderLines } from './reader-lines.js';

/*
 * Claim against copy and second look: the code of `LogReader.read` and of the writer themselves, one
 * slipped into the other. The reader is stopped before each of its atomic operations and in the
 * middle of its copy; the writer's acts are dealt out over these moments in every way that keeps
 * their order. What the writer does overtakes the reader, or nearly does.
 */

const real = { ...atomics() };

function atomics(): Pick<typeof Atomics, 'load' | 'store'> {
  const { load, store } = Atomics;
  return { load, store };
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with its array below
const realSet = Uint32Array.prototype.set;

/** Undoes what a case did to the language. */
function restore(): void {
  Object.assign(Atomics, real);
  Uint32Array.prototype.set = realSet;
}
afterEach(restore);

const logBytes = 4096;
/** A record fills an eighth of the log. */
const payloadBytes = logBytes / 8 - RECORD_HEADER_BYTES;
/** A transaction is begun, written in two halves and published. */
const actsOfOne = 4;

/** What is written at a word of a transaction. */
const wordOf = (seq: number, word: number): number => (seq * 1000 + word) >>> 0;

type Act = () => void;
type Place = 'behind' | 'abreast';

/**
 * A log in which one more transaction finds room before the writer comes round to where it began. The
 * reader is a lap behind, about to be overtaken, or abreast of the writer and has read everything.
 */
class Scene {
  readonly memory: LogMemory;
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly expectedSeq: number;
  #at = 0;

  constructor(startPosition: number, place: Place) {
    this.memory = createLogMemory({ logBytes, readers: 1, startPosition });
    this.writer = new LogWriter(this.memory, new ReaderLines(this.memory));
    this.reader = new LogReader(this.memory, { from: this.writer.checkpoint() });
    const room = this.memory.units - 2 * this.writer.transactionUnits([{ payloadBytes }]);
    while (this.writer.checkpoint().position - startPosition <= room) {
      for (const act of this.transaction()) act();
    }
    if (place === 'abreast') while (this.reader.read() === 'events');
    this.expectedSeq = this.reader.lastSeq + 1;
  }

  /** The acts of one more transaction, in their order. */
  transaction(): Act[] {
    const { writer } = this;
    const words = payloadBytes / 4;
    const fill = (from: number, to: number): void => {
      for (let word = from; word < to; word++) {
        writer.u32[this.#at + word] = wordOf(writer.lastSeq, word);
      }
    };
    return [
      () => (this.#at = writer.begin(1, 0, 0, writer.lastSeq + 1, payloadBytes) / 4),
      () => fill(0, words / 2),
      () => fill(words / 2, words),
      () => writer.publish(),
    ];
  }

  /** Whether what the reader was given is not exactly what was written, from its next seq on. */
  isTorn(): boolean {
    const { u32, length, lastSeq } = this.reader.run;
    let seq = this.expectedSeq;
    for (let at = 0; at < length / 4; at += 2 * u32[at]!) {
      if ((u32[at + 1]! & 0xff) === KIND_PADDING) continue;
      for (let word = 0; word < payloadBytes / 4; word++) {
        if (u32[at + RECORD_HEADER_BYTES / 4 + word] !== wordOf(seq, word)) return true;
      }
      seq++;
    }
    return seq !== lastSeq + 1;
  }
}

/** What is done wrong, to see it caught. */
interface Flaw {
  readonly noSecondLook?: boolean;
  readonly lateClaim?: boolean;
  readonly earlyPublish?: boolean;
}

/**
 * Has `act` called before each step of the reader, with 0, 1, 2…; the writer's own steps, which `act`
 * takes, are not counted.
 */
function beforeEachStep({ words }: LogMemory, act: (step: number) => void, flaw: Flaw = {}): void {
  let step = 0;
  let isActing = false;
  let firstLook: number | undefined;
  let heldBack: number | undefined;
  const stop = (): void => {
    isActing = true;
    act(step++);
    isActing = false;
  };
  const loadClaim = (): number => {
    if (isActing) return heldBack ?? real.load(words, Word.claimed);
    firstLook ??= real.load(words, Word.claimed);
    return flaw.noSecondLook === true ? firstLook : real.load(words, Word.claimed);
  };
  Object.assign(Atomics, {
    load(array: Int32Array, word: number): number {
      if (!isActing) stop();
      return array === words && word === Word.claimed ? loadClaim() : real.load(array, word);
    },
    store(array: Int32Array, word: number, value: number): number {
      if (!isActing) stop();
      if (flaw.lateClaim === true && array === words && word === Word.claimed) {
        return (heldBack = value);
      }
      if (heldBack !== undefined && array === words && word === Word.published) {
        real.store(words, Word.claimed, heldBack);
      }
      return real.store(array, word, value);
    },
  });
  // The copy: its first half, a stop, its second half.
  Uint32Array.prototype.set = function (this: Uint32Array, source: ArrayLike<number>, at = 0) {
    const copied = source as Uint32Array;
    const half = copied.length >>> 1;
    stop();
    realSet.call(this, copied.subarray(0, half), at);
    stop();
    realSet.call(this, copied.subarray(half), at + half);
  };
}

/** Every way to deal acts out over moments, in order: at which moment each act comes. */
function* dealings(acts: number, moments: number, from = 0): Generator<number[]> {
  if (acts === 0) yield [];
  else {
    for (let first = from; first < moments; first++) {
      for (const rest of dealings(acts - 1, moments, first)) yield [first, ...rest];
    }
  }
}

/** Its last step hands the space back; by then it has judged what it copied. */
const stepsAfterVerdict = 1;

/** The reader's steps up to its verdict on all that is there in the end. */
function stepsUpToVerdict(startPosition: number, place: Place): number {
  const scene = new Scene(startPosition, place);
  if (place === 'abreast') for (const act of scene.transaction()) act();
  let steps = 0;
  beforeEachStep(scene.memory, (step) => (steps = step + 1));
  scene.reader.read();
  restore();
  return steps - stepsAfterVerdict;
}

/** Reads once in every interleaving with two more transactions. Counts what came of it. */
function readInEveryWay(startPosition: number, place: Place, flaw: Flaw = {}) {
  const counts = { cases: 0, whole: 0, empty: 0, lapped: 0, torn: 0, falseAlarms: 0 };
  for (const dealt of dealings(2 * actsOfOne, stepsUpToVerdict(startPosition, place))) {
    const scene = new Scene(startPosition, place);
    const { memory, reader } = scene;
    const acts = [scene.transaction(), scene.transaction()].flatMap((one) => inOrder(one, flaw));
    let next = 0;
    const catchUp = (step: number): void => {
      for (; dealt[next] === step; next++) acts[next]!();
    };
    beforeEachStep(memory, catchUp, flaw);
    const verdict = verdictOf(reader);
    restore();
    counts.cases++;
    if (verdict === 'corrupt' || (verdict === 'events' && scene.isTorn())) counts.torn++;
    else if (verdict === 'events') counts.whole++;
    else counts[verdict]++;
    if (verdict !== 'lapped') continue;
    const claimed = Atomics.load(memory.words, Word.claimed);
    if ((claimed - (startPosition | 0)) >>> 0 <= memory.units) counts.falseAlarms++;
  }
  return counts;
}

const inOrder = ([begin, first, second, publish]: Act[], { earlyPublish }: Flaw): Act[] =>
  earlyPublish === true ? [begin!, publish!, first!, second!] : [begin!, first!, second!, publish!];

/** A run that makes no sense was taken for whole, and only its nonsense gave it away. */
function verdictOf(reader: LogReader): 'events' | 'empty' | 'lapped' | 'corrupt' {
  try {
    return reader.read();
  } catch {
    return 'corrupt';
  }
}

/** With and without padding at the end of the ring, and where positions wrap. */
const starts = [0, 300, 2 ** 31 - 300, 2 ** 32 - 512, 2 ** 32 - 300];

describe('a reader and a writer, in every interleaving', () => {
  it.each(starts)('take nothing torn for whole, and cry wolf never, from position %d', (start) => {
    const behind = readInEveryWay(start, 'behind');
    expect(behind).toMatchObject({ torn: 0, falseAlarms: 0, empty: 0 });
    expect(Math.min(behind.whole, behind.lapped)).toBeGreaterThan(50);
    const abreast = readInEveryWay(start, 'abreast');
    expect(abreast).toMatchObject({ torn: 0, lapped: 0 });
    expect(Math.min(abreast.whole, abreast.empty)).toBeGreaterThan(50);
    expect(Math.min(behind.cases, abreast.cases)).toBeGreaterThan(6_000);
  });

  it.each<[string, Place, Flaw]>([
    ['the reader left out the second look', 'behind', { noSecondLook: true }],
    ['the writer claimed after it had written', 'behind', { lateClaim: true }],
    ['the writer published before it had written', 'abreast', { earlyPublish: true }],
  ])('would take something torn if %s', (_, place, flaw) => {
    const torn = starts.map((start) => readInEveryWay(start, place, flaw).torn);
    expect(Math.max(...torn)).toBeGreaterThan(0);
  });
});
