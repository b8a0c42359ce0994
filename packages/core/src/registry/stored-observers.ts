import type { ChangeLog } from '../log/change-log.js';
import type { LogPoint } from '../log/log-memory.js';
import { pointAfter } from '../log/log-points.js';
import { sharedBytes } from '../log/shared-bytes.js';
import { SpaceAnswers, createSpaceMemory } from '../log/space-memory.js';
import type { OpenedSpace, OpenedStore } from './registry-store.js';
import type { StoredRuns } from './stored-runs.js';

/**
 * What a registry's store keeps for its observers: a space for each that asks for one, and the changes
 * from which it goes on.
 */
export class StoredObservers {
  readonly #deps: StoredObserversDeps;

  constructor(deps: StoredObserversDeps) {
    this.#deps = deps;
  }

  /** Whether the store has spaces for observers. */
  get hasSpaces(): boolean {
    return this.#deps.store.space !== undefined;
  }

  /**
   * Opens the space of an observer for one incarnation, which is to end it. When nothing gets to disk any
   * more it is one that lasts no longer than the incarnation.
   *
   * @param format - what its state is; of another format, there is none
   * @param room - how much it may hold, in bytes
   * @throws {StoreError} when it cannot be read
   */
  async open(name: string, format: string, room: number): Promise<OpenedSpace> {
    const { store, hasFailed } = this.#deps;
    if (!hasFailed()) {
      try {
        return await store.space!(name, format, room);
      } catch (error) {
        if (!hasFailed()) throw error;
      }
    }
    return passingSpace(room);
  }

  /**
   * Brings a reader from transaction `seq` to where it can follow the log, by way of what the store has kept
   * where that is needed.
   *
   * @returns whether it is there; if not, it needs a snapshot, for what it lacks is not to be had
   * @throws what handing it a run throws
   */
  async catchUp(seq: number, reader: ResumingReader): Promise<boolean> {
    const { log } = this.#deps;
    const runs = this.#deps.runs();
    try {
      for (let cursor = seq; ;) {
        if (cursor > log.writer.lastSeq) return false;
        const point = pointAfter(log, cursor);
        if (point !== undefined && this.#isFarFromEnd(point)) return await reader.begin(point);
        // What is not kept, or is not what it should be, is not to be had.
        const run = await runs.nextBytes(cursor + 1).catch(() => undefined);
        // A reader that is close to being overtaken may still be quick enough, where nothing else helps.
        if (run === undefined) return await this.#beginAt(pointAfter(log, cursor), reader);
        cursor = run.head.lastSeq;
        await reader.take(sharedCopy(run.bytes), cursor);
      }
    } finally {
      await runs.leave().catch(() => undefined);
    }
  }

  async #beginAt(point: LogPoint | undefined, reader: ResumingReader): Promise<boolean> {
    return point !== undefined && (await reader.begin(point));
  }

  /** Whether the writer will not be there soon. */
  #isFarFromEnd({ position }: LogPoint): boolean {
    const { memory, writer } = this.#deps.log;
    return writer.checkpoint().position - position <= memory.units * safeShare;
  }
}

/** Who goes on from a transaction. */
export interface ResumingReader {
  /** Handles a run, in the run format, up to transaction `lastSeq`. */
  take(run: Uint8Array, lastSeq: number): Promise<void>;
  /** Follows the log from a point, if that can still be. */
  begin(point: LogPoint): Promise<boolean>;
}

/** What it depends on. */
export interface StoredObserversDeps {
  readonly log: ChangeLog;
  readonly store: OpenedStore;
  /** The changes that are kept. */
  readonly runs: () => StoredRuns;
  /** Whether nothing gets to disk any more. */
  readonly hasFailed: () => boolean;
}

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const copy = sharedBytes(bytes.length);
  copy.set(bytes);
  return copy;
}

/** A space that is kept nowhere. */
function passingSpace(room: number): OpenedSpace {
  const memory = createSpaceMemory(undefined, room);
  new SpaceAnswers(memory).end();
  const never = new Promise<never>(() => undefined);
  return { memory, cursor: undefined, broken: never, end: () => Promise.resolve() };
}

/** Of the log: a reader that is not further behind goes on there. */
const safeShare = 3 / 4;
