import type { CallerDesk } from '@panoptes/core';
import { systemClock } from '@panoptes/core/follower';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { FrameKind, decodeFrame, encodeFrame } from './command-frame.js';
import { RemoteCaller } from './remote-caller.js';

/**
 * Takes the commands of other members for the primary of one epoch. Each member has a line of its own, as a
 * caller on another thread has: what comes on it is checked as that is, and taken in turns.
 */
export class CommandResponder {
  readonly #connection: NatsConnection;
  readonly #callers: CallerDesk;
  readonly #lines = new Map<string, RemoteCaller>();
  readonly #subscription: Subscription;
  readonly #cancel: () => void;
  #isStopping = false;

  /** @param subject - where the primary of this epoch takes commands */
  constructor(connection: NatsConnection, callers: CallerDesk, subject: string) {
    this.#connection = connection;
    this.#callers = callers;
    this.#subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#take(message);
      },
    });
    this.#cancel = every(lookEveryMs, () => this.#look());
  }

  /**
   * Takes no more, and resolves when all that was taken is answered, or nothing more is to be expected. Whoever
   * is connected is told where it stopped.
   *
   * @param limitMs - how long it may take
   */
  async stop(limitMs: number): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    await Promise.all(Array.from(this.#lines.values(), (line) => line.stop(limitMs)));
    this.#cancel();
    this.#subscription.unsubscribe();
    this.#lines.clear();
  }

  #take({ data, reply }: Msg): void {
    // It is a place where nobody but who has sent it listens: nothing of the registry's is written to.
    if (reply === undefined || !inbox.test(reply)) return;
    const frame = decodeFrame(data);
    if (frame === undefined) return;
    const send = (bytes: Uint8Array): void => this.#connection.publish(reply, bytes);
    let line = this.#lines.get(reply);
    if (frame.kind === FrameKind.hello) {
      if (this.#isStopping) return send(encodeFrame(FrameKind.ended, 0, 0));
      line ??= this.#open(reply, send);
      if (line !== undefined) send(encodeFrame(FrameKind.hello, 0, 0));
    } else if (line === undefined) {
      if (frame.kind !== FrameKind.bye) send(encodeFrame(FrameKind.lost, 0, 0));
    } else if (frame.kind === FrameKind.bye) {
      line.leave();
    } else {
      line.receive(frame);
    }
  }

  #open(reply: string, send: (bytes: Uint8Array) => void): RemoteCaller | undefined {
    if (this.#lines.size >= mostLines) return undefined;
    try {
      const line = new RemoteCaller(this.#callers, send, () => this.#lines.delete(reply));
      this.#lines.set(reply, line);
      return line;
    } catch {
      // The registry takes no commands just now; whoever asks asks again.
      return undefined;
    }
  }

  /** Lets go of members that have said nothing for long. */
  #look(): void {
    const since = systemClock.monotonic() - forgottenMs;
    for (const line of this.#lines.values()) if (line.isIdleSince(since)) line.leave();
  }
}

function every(ms: number, task: () => void): () => void {
  let cancel = (): void => undefined;
  const again = (): void => {
    cancel = systemClock.after(
      ms,
      () => {
        task();
        again();
      },
      { background: true },
    );
  };
  again();
  return () => cancel();
}

const inbox = /^_INBOX\.[\w.]{1,128}$/;
/** As many members may be connected. */
const mostLines = 256;
const lookEveryMs = 5_000;
const forgottenMs = 60_000;
