import {
  MessageKind,
  MessageSender,
  SpaceAnswers,
  type SpaceMemory,
} from '@panoptes/core/observer';
import { systemClock } from '@panoptes/core/follower';
import { CallKind } from '../frames.js';

/** Brings what an observer in another process has stored to the store's thread, and its answers back. */
export class SpaceRelay {
  readonly #sender: MessageSender;
  readonly #answers: SpaceAnswers;
  readonly #send: (kind: CallKind, payload: Uint8Array) => unknown;
  #sent = 0;
  #isClosed = false;

  constructor(memory: SpaceMemory, send: (kind: CallKind, payload: Uint8Array) => unknown) {
    this.#sender = new MessageSender(memory.ring);
    this.#answers = new SpaceAnswers(memory);
    this.#send = send;
    void this.#listen();
  }

  /**
   * Passes a frame on.
   *
   * @throws {Error} when more are under way than may be
   */
  frame(bytes: Buffer): void {
    // One, and the last of all behind it.
    if (((this.#sent - this.#answers.written) | 0) > 1 && !this.#answers.isEnded) {
      throw new Error('changes of what it has stored before those before them were written');
    }
    this.#sent++;
    this.#sender.send(MessageKind.frame, bytes);
  }

  /** Resolves when the store has all that came, or can read it, or takes no more; or will not soon. */
  async flushed(): Promise<void> {
    const limit = systemClock.monotonic() + flushMs;
    while (!this.#sender.isEmpty && !this.#answers.isEnded && systemClock.monotonic() < limit) {
      await this.#sender.moved();
    }
  }

  /** Passes nothing on any more. */
  close(): void {
    this.#isClosed = true;
    this.#sender.close();
  }

  async #listen(): Promise<void> {
    for (let written = 0; ;) {
      await this.#answers.moved(written);
      if (this.#isClosed) return;
      const now = this.#answers.written;
      const payload = Buffer.alloc(8);
      payload.writeUInt32LE((now - written) >>> 0, 0);
      payload.writeUInt32LE(this.#answers.isEnded ? 1 : 0, 4);
      this.#send(CallKind.written, payload);
      if (this.#answers.isEnded) return;
      written = now;
    }
  }
}

/** How long what came last may take on its way. */
const flushMs = 1_000;
