import { SharedNumbers, type SharedNumbersBuffer } from '@panoptes/core/observer';

/**
 * Which observer the model is calling, in shared memory: written on the model's thread, read on the
 * one that started it, also when that call never returns. What it says is believed no further than
 * that a report blames an observer: the observer's own code could write here.
 */
export class CallBoard {
  readonly #numbers: SharedNumbers;

  /** @param buffer - of a board that is there already */
  constructor(buffer?: SharedNumbersBuffer) {
    this.#numbers = new SharedNumbers(buffer ?? NUMBERS);
  }

  get buffer(): SharedNumbersBuffer {
    return this.#numbers.buffer;
  }

  /** Grows with every call and with every event that one takes: while it does, no observer hangs. */
  get beats(): number {
    return this.#numbers.get(Place.beats);
  }

  get inHand(): CallInHand | undefined {
    const observer = this.#numbers.get(Place.observer) - 1;
    const call = modelCalls[this.#numbers.get(Place.call)];
    if (observer < 0 || call === undefined) return undefined;
    return { observer, call, seq: this.#numbers.get(Place.seq) };
  }

  /** A call begins. */
  enter(observer: number, call: ModelCall): void {
    this.#numbers.set(Place.call, modelCalls.indexOf(call));
    this.#numbers.set(Place.observer, observer + 1);
    this.#beat();
  }

  /** The call takes an event. */
  take(seq: number): void {
    this.#numbers.set(Place.seq, seq);
    this.#beat();
  }

  /** The call has returned. */
  leave(): void {
    this.#numbers.set(Place.observer, 0);
    this.#beat();
  }

  #beat(): void {
    this.#numbers.set(Place.beats, this.beats + 1);
  }
}

/** An observer's code, as the model calls it. */
export const modelCalls = Object.freeze([
  'loading',
  'setup',
  'onSnapshot',
  'onEvents',
  'digest',
] as const);
export type ModelCall = (typeof modelCalls)[number];

/** A call that has not returned. */
export interface CallInHand {
  /** The observer's place in the model's list. */
  readonly observer: number;
  readonly call: ModelCall;
  /** The last transaction that it was shown; 0 before the first. */
  readonly seq: number;
}

/** Where something happened, as in `onEvents, at transaction 51`. */
export const callText = ({ call, seq }: Pick<CallInHand, 'call' | 'seq'>): string =>
  seq === 0 ? call : `${call}, at transaction ${seq}`;

/** Where numbers stand on the board. */
const Place = { beats: 0, observer: 1, call: 2, seq: 3 } as const;
const NUMBERS = 4;
