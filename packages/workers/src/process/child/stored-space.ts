import {
  MessageReceiver,
  SpaceAnswers,
  type SpaceMemory,
  createSpaceMemory,
  sharedBytes,
} from '@panoptes/core/observer';
import { ReplyKind } from '../frames.js';
import type { ReplyChannel } from './reply-channel.js';

/** What an observer in this process has stored: its frames go to the registry, and what is on disk comes back. */
export class StoredSpace {
  readonly memory: SpaceMemory;
  readonly #answers: SpaceAnswers;
  readonly #receiver: MessageReceiver;

  /** @param state - what it has stored, as one frame; of no length when nothing is */
  constructor(state: Buffer, room: number, replies: ReplyChannel) {
    this.memory = createSpaceMemory(state.length === 0 ? undefined : shared(state), room);
    this.#answers = new SpaceAnswers(this.memory);
    this.#receiver = new MessageReceiver(this.memory.ring, {
      // Its own runtime wrote them.
      maxBytes: [0, 0, 0, Number.POSITIVE_INFINITY],
      receive: (_kind, frame) => replies.send(ReplyKind.frame, frame),
      broken: (error) => {
        throw error;
      },
    });
  }

  /** So many more frames are on disk; there may be no more of them. */
  written(count: number, isEnded: boolean): void {
    for (let frame = 0; frame < count; frame++) this.#answers.wrote();
    if (isEnded) this.#answers.end();
  }

  /** Sends what was not sent yet, and nothing any more. */
  end(): void {
    this.#receiver.drain();
    this.#receiver.close();
  }
}

function shared(state: Buffer): SpaceMemory['state'] {
  const memory = sharedBytes(state.length);
  memory.set(state);
  return memory;
}
