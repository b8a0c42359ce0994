import {
  EncodedRun,
  type Follower,
  LogReader,
  type LogRun,
  StoreError,
  attachLogMemory,
  follow,
} from '@panoptes/core/follower';
import type { StoreLine } from '@panoptes/core';
import type { RunAppender } from './run-appender.js';

/**
 * Follows the log and appends what it reads to a stream. While much is under way the next runs gather in the
 * log itself, and are read in larger pieces then.
 */
export class LogPublisher implements Follower {
  readonly #reader: LogReader;
  readonly #appender: RunAppender;
  readonly #life: PublishedLife;
  readonly #partBytes: number;

  /**
   * @param partBytes - how much a message may hold
   * @throws {StoreError} when the log does not begin where the stream ends
   */
  constructor(line: StoreLine, appender: RunAppender, life: PublishedLife, partBytes: number) {
    if (line.from.seq !== life.lastSeq) {
      const message = `expected a log that goes on from seq ${life.lastSeq}, got one that does from ${line.from.seq}`;
      throw new StoreError('STORE_FAILED', message);
    }
    this.#reader = new LogReader(attachLogMemory(line.log), {
      from: line.from,
      line: line.line,
      runBytes: partBytes,
    });
    this.#appender = appender;
    this.#life = life;
    this.#partBytes = partBytes;
  }

  /**
   * Resolves when the stream has all that was published, after the log was closed or `stop`.
   *
   * @throws whatever keeps it from going on
   */
  async run(): Promise<void> {
    let end = await follow(this.#reader, this);
    // It may have been stopped before it had read all.
    for (let found; end === 'ended' && (found = this.#reader.read()) !== 'empty';) {
      if (found === 'lapped') end = 'lapped';
      else await this.take(this.#reader.run);
    }
    if (end === 'lapped') {
      throw new StoreError(
        'STORE_STUCK',
        'the registry did not wait for its store any longer, and has overwritten what was not kept yet',
      );
    }
    await this.#appender.room(true);
  }

  /** Has `run` come to its end. */
  stop(): void {
    this.#reader.stop();
  }

  /** The stream has all up to a transaction. */
  advance(seq: number): void {
    this.#reader.advance(seq);
  }

  /** @throws {RunError} when others have written into the log, and what is there is no run */
  take(run: LogRun): Promise<void> | undefined {
    const { id, epoch } = this.#life;
    const encoded = new EncodedRun(run, { id, epoch });
    // Nobody could make the peers again of a run that is damaged: it is looked at as they will.
    encoded.checkRecords();
    const { bytes, head } = encoded;
    const { firstSeq, lastSeq } = head;
    const parts = Math.ceil(bytes.length / this.#partBytes);
    for (let part = 1; part <= parts; part++) {
      const data = bytes.subarray((part - 1) * this.#partBytes, part * this.#partBytes);
      this.#appender.append({ kind: 'run', id, epoch, firstSeq, lastSeq, part, parts }, data);
    }
    return this.#appender.hasRoom ? undefined : this.#appender.room();
  }
}

/** On whose behalf runs are published, and what was before. */
export interface PublishedLife {
  readonly id: string;
  readonly epoch: number;
  readonly lastSeq: number;
}
