import { type MessageBuffer, createMessageBuffer, wakeSender } from './message-ring.js';

/*
 * What an observer's thread and its store's thread share of one incarnation's space:
 *
 *   ring    frames, from the observer to the store (message-ring.ts, space-frame.ts)
 *   words   WRITTEN: how many frames are on disk; ENDED: 1 when no more are taken
 *
 * One frame is under way at a time, until it is on disk; the last of an incarnation may follow on it. The store
 * counts by itself, and reads nothing here but the ring: who writes into WRITTEN deceives itself alone.
 *
 * Who wakes whom: the store stores both words and notifies WRITTEN; the observer waits for WRITTEN to
 * differ from what it was, and looks at ENDED after that. Ending adds one to WRITTEN, so that no wait
 * for a frame that was sent before lasts.
 */

/** The memory of an incarnation's space, to be handed to its thread. */
export interface SpaceMemory {
  /** The state as of `cursor`, as one frame; undefined when nothing is stored. */
  readonly state: Uint8Array<SharedArrayBuffer> | undefined;
  /** How much room there is, in bytes. */
  readonly room: number;
  readonly ring: MessageBuffer;
  readonly words: SharedArrayBuffer;
}

const Word = { written: 0, ended: 1 } as const;

// Taken when this is loaded: an observer may put others in their place.
const { add, load, notify, store, waitAsync } = Atomics;

/** Makes the memory of a space for one incarnation. */
export const createSpaceMemory = (state: SpaceMemory['state'], room: number): SpaceMemory => ({
  state,
  room,
  ring: createMessageBuffer(),
  words: new SharedArrayBuffer(8),
});

/** What is said of the frames of a space: by its store, to its observer. */
export class SpaceAnswers {
  readonly #words: Int32Array;
  readonly #ring: MessageBuffer;

  constructor({ words, ring }: Pick<SpaceMemory, 'words' | 'ring'>) {
    this.#words = new Int32Array(words);
    this.#ring = ring;
  }

  /** Whether no more frames are taken. */
  get isEnded(): boolean {
    return load(this.#words, Word.ended) === 1;
  }

  /** Changes with each frame that is on disk, and at the end. */
  get written(): number {
    return load(this.#words, Word.written);
  }

  /** Says that one more frame is on disk. */
  wrote(): void {
    add(this.#words, Word.written, 1);
    notify(this.#words, Word.written);
  }

  /** Says that no more frames are taken. */
  end(): void {
    store(this.#words, Word.ended, 1);
    this.wrote();
    wakeSender(this.#ring);
  }

  /** Resolves when `written` is no longer what it was. Keeps no thread alive. */
  async moved(from: number): Promise<void> {
    while (this.written === from) {
      const wait = waitAsync(this.#words, Word.written, from);
      if (wait.async) await wait.value;
    }
  }
}
