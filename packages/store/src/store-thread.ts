import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EntryBlock, KeptState, StoreLine } from '@panoptes/core';
import {
  type Asynchronous,
  EntryBlocks,
  type KeptRun,
  StoreError,
  SyncFigures,
  checkRun,
} from '@panoptes/core/follower';
import { FrameQueue } from './frame-queue.js';
import { LogFollower } from './log-follower.js';
import { type OpenedMemory, ObserverSpaces, type SpaceRequest } from './observer-spaces.js';
import { StoreDatabase } from './store-database.js';
import { makeStore } from './new-store.js';
import { regularFile } from './regular-file.js';
import { type StoredState, firstState, storeFiles } from './store-layout.js';
import { storeProblem } from './store-problem.js';
import { StoredFile } from './stored-file.js';
import type { LmdbCalls, OpenRequest } from './thread-messages.js';
import { WriterLock } from './writer-lock.js';

/** A store at work, on its own thread: what the registry's thread calls. */
export class StoreThread implements Asynchronous<LmdbCalls> {
  readonly #events: StoreEvents;
  #path = '';
  #lock: WriterLock | undefined;
  #database: StoreDatabase | undefined;
  #figures: SyncFigures | undefined;
  /** Open until its last entry was read. */
  #reading: { file: StoredFile; blocks: EntryBlocks } | undefined;
  readonly #frames = new FrameQueue();
  #spaces: ObserverSpaces | undefined;
  #follower: LogFollower | undefined;
  #isFollowing = false;
  #following: Promise<void> | undefined;
  #failure: Error | undefined;

  constructor(events: StoreEvents) {
    this.#events = events;
  }

  async open(request: OpenRequest): Promise<KeptState> {
    const { path, id, fields, mapSizeBytes, historyBytes } = request;
    this.#path = path;
    try {
      mkdirSync(path, { recursive: true });
      this.#lock = WriterLock.take(join(path, storeFiles.lock), path);
      const isThere = regularFile(join(path, storeFiles.data)) !== undefined;
      if (!isThere) await makeStore(path, firstState(id, fields));
      this.#database = new StoreDatabase(path, lookThrough(path, fields), {
        mapSizeBytes,
        historyBytes,
      });
    } catch (error) {
      await this.#end();
      throw storeProblem(path, 'cannot be opened', error);
    }
    this.#spaces = new ObserverSpaces({
      database: this.#database,
      frames: this.#frames,
      hurry: () => this.#hurry(),
      broken: this.#events.brokenSpace,
    });
    this.#figures = new SyncFigures(request.figures);
    this.#tellSize();
    const { state } = this.#database;
    const { epoch, lastSeq, lastTime, peers } = state;
    return { id: state.id, epoch, lastSeq, lastTime, peers };
  }

  entries(taken: ArrayBuffer | undefined): Promise<EntryBlock | undefined> {
    return this.#tried('cannot be read', () => {
      if (this.#reading === undefined) {
        const file = new StoredFile(this.#path);
        this.#reading = { file, blocks: new EntryBlocks(file.entries()) };
      }
      const block = this.#reading.blocks.next(taken);
      if (block === undefined) this.#stopReading();
      return block;
    });
  }

  follow(line: StoreLine): Promise<void> {
    return this.#tried('cannot follow the registry', () => {
      this.#stopReading();
      const follower = new LogFollower(line, this.#open, this.#frames, (tookMs) => {
        this.#figures!.count(tookMs);
        this.#tellSize();
      });
      this.#follower = follower;
      this.#isFollowing = true;
      this.#following = follower
        .run()
        .catch((cause: unknown) => this.#fail(cause))
        .finally(() => (this.#isFollowing = false));
    });
  }

  run(seq: number): Promise<KeptRun | undefined> {
    return this.#tried('cannot be read', () => {
      const run = this.#open.runAt(seq);
      if (run === undefined) return undefined;
      return { bytes: run, lastSeq: checkRun(run).lastSeq };
    });
  }

  async openSpace(request: SpaceRequest): Promise<OpenedMemory> {
    try {
      if (this.#failure !== undefined) throw this.#failure;
      return await this.#spaces!.open(request);
    } catch (cause) {
      throw storeProblem(this.#path, 'cannot be read', cause);
    }
  }

  async endSpace(space: number, isOver: boolean): Promise<void> {
    await this.#spaces?.end(space, isOver);
  }

  async close(): Promise<void> {
    this.#follower?.stop();
    await this.#following;
    await this.#spaces?.close();
    await this.#end();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #fail(cause: unknown): void {
    this.#failure ??= storeProblem(this.#path, 'cannot be written', cause);
    this.#spaces!.fail();
    this.#events.failed(this.#failure);
  }

  /** Has what observers have stored written at once, by the follower when that is at work. */
  #hurry(): void {
    this.#frames.hurry();
    if (this.#isFollowing) return;
    try {
      this.#follower?.flush();
    } catch (cause) {
      this.#fail(cause);
    }
  }

  get #open(): StoreDatabase {
    if (this.#database !== undefined) return this.#database;
    throw new StoreError('STORE_CLOSED', `store ${this.#path} is not open`);
  }

  #stopReading(): void {
    this.#reading?.file.close();
    this.#reading = undefined;
  }

  #tellSize(): void {
    const { fileBytes, state } = this.#open;
    this.#figures!.size(fileBytes, state.runsFrom);
  }

  async #end(): Promise<void> {
    this.#stopReading();
    const database = this.#database;
    this.#database = undefined;
    await database?.close();
    this.#lock?.release();
    this.#lock = undefined;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what throws is to reject
  async #tried<Result>(doing: string, what: () => Result): Promise<Result> {
    try {
      return what();
    } catch (cause) {
      throw storeProblem(this.#path, doing, cause);
    }
  }
}

/** What it tells unasked. */
export interface StoreEvents {
  /** It cannot follow the log any more. */
  readonly failed: (error: Error) => void;
  /** The thread of an observer has sent what its runtime does not. */
  readonly brokenSpace: (space: number, error: Error) => void;
}

/** What is kept in a folder, looked through to its last byte. */
function lookThrough(path: string, fields: string): StoredState {
  const file = new StoredFile(path);
  try {
    return file.check(fields);
  } finally {
    file.close();
  }
}
