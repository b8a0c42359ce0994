import {
  MessageKind,
  MessageReceiver,
  SpaceAnswers,
  type SpaceChange,
  SpaceFrame,
  type SpaceMemory,
  createSpaceMemory,
  maxFrameBytes,
  maxFrameChanges,
  maxSpaceKeys,
} from '@panoptes/core/follower';
import type { FrameQueue } from './frame-queue.js';
import type { SpaceHead } from './space-layout.js';
import type { SpaceSize } from './space-tree.js';
import type { StoreDatabase } from './store-database.js';

/**
 * The spaces of observers that run, on the store's thread: takes the frames that their threads send, looks
 * at every byte of them, and has them written. What no observer's runtime sends ends its space alone.
 */
export class ObserverSpaces {
  readonly #deps: ObserverSpacesDeps;
  readonly #open = new Map<number, OpenSpace>();
  readonly #byName = new Map<string, OpenSpace>();

  constructor(deps: ObserverSpacesDeps) {
    this.#deps = deps;
  }

  /** Opens the space of an observer; that of an incarnation before it takes nothing more. */
  async open({ space, name, format, room }: SpaceRequest): Promise<OpenedMemory> {
    await this.#byName.get(name)?.end(false);
    const { database } = this.#deps;
    const head = database.spaces.head(name);
    if (head !== undefined && head.format !== format) {
      database.changeSpaces((before) => database.spaces.remove(name, before));
    }
    const state = database.spaces.state(name);
    const memory = createSpaceMemory(state, room);
    const found = state && database.spaces.head(name);
    const cursor = found?.cursor;
    const opened = new OpenSpace(this.#deps, { space, name, format, room }, memory, found);
    this.#open.set(space, opened);
    this.#byName.set(name, opened);
    return { memory, cursor };
  }

  /** Takes nothing more of a space; resolves when what came is on disk, or never will be. */
  async end(space: number, isOver: boolean): Promise<void> {
    const opened = this.#open.get(space);
    if (opened === undefined) return;
    await opened.end(isOver);
    this.#open.delete(space);
    if (this.#byName.get(opened.name) === opened) this.#byName.delete(opened.name);
  }

  /** Takes nothing more at all, for nothing gets to disk any more. */
  fail(): void {
    for (const opened of this.#open.values()) opened.fail();
  }

  /** Ends all that are open. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((space) => this.end(space, false)));
  }
}

/** What they depend on. */
export interface ObserverSpacesDeps {
  readonly database: StoreDatabase;
  readonly frames: FrameQueue;
  /** Has frames written that are waited for. */
  readonly hurry: () => void;
  /** Called when an observer's thread has sent what its runtime does not. */
  readonly broken: (space: number, error: Error) => void;
}

/** Which space is to be opened. */
export interface SpaceRequest {
  /** What it is called from now on; not used before. */
  readonly space: number;
  /** Of the observer. */
  readonly name: string;
  readonly format: string;
  /** In bytes. */
  readonly room: number;
}

/** A space that was opened. */
export interface OpenedMemory {
  readonly memory: SpaceMemory;
  /** What is stored is as of this transaction; undefined when nothing is. */
  readonly cursor: number | undefined;
}

/** The space of one incarnation. */
class OpenSpace {
  readonly #deps: ObserverSpacesDeps;
  readonly #request: SpaceRequest;
  readonly #answers: SpaceAnswers;
  readonly #receiver: MessageReceiver;
  /** It grows no further than that, or than it was when it was opened. */
  readonly #most: SpaceSize;
  #cursor: number;
  /** Frames that are not on disk yet: one, and the last. */
  readonly #waiting: SpaceFrame[] = [];
  #hadLast = false;
  #isOver = false;
  #end: Promise<void> | undefined;
  #settled: () => void = () => undefined;

  constructor(
    deps: ObserverSpacesDeps,
    request: SpaceRequest,
    memory: SpaceMemory,
    found: SpaceHead | undefined,
  ) {
    this.#deps = deps;
    this.#request = request;
    this.#answers = new SpaceAnswers(memory);
    this.#cursor = found?.cursor ?? 0;
    this.#most = {
      entries: Math.max(maxSpaceKeys, found?.entries ?? 0),
      bytes: Math.max(request.room, found?.bytes ?? 0),
    };
    this.#receiver = new MessageReceiver(memory.ring, {
      maxBytes: { [MessageKind.frame]: maxFrameBytes(this.#most.bytes) },
      receive: (_, bytes) => this.#take(bytes),
      broken: (error) => this.#break(error),
    });
  }

  get name(): string {
    return this.#request.name;
  }

  end(isOver: boolean): Promise<void> {
    this.#end ??= this.#finish(isOver);
    return this.#end;
  }

  /** Nothing of it gets to disk any more. */
  fail(): void {
    this.#isOver = true;
    this.#receiver.close();
    this.#answers.end();
    this.#settled();
  }

  async #finish(isOver: boolean): Promise<void> {
    if (isOver) this.#receiver.drain();
    this.#receiver.close();
    if (this.#waiting.length > 0 && !this.#isOver) {
      const settled = new Promise<void>((resolve) => (this.#settled = resolve));
      this.#deps.hurry();
      await settled;
    }
    if (!this.#isOver) this.fail();
  }

  /** @throws {Error} saying what is wrong with it */
  #take(bytes: Buffer): void {
    const { name, format } = this.#request;
    const frame = new SpaceFrame(bytes, maxFrameChanges(this.#most.entries));
    const { cursor, isLast } = frame;
    if (this.#hadLast) throw new Error('a frame after its last');
    if (this.#waiting.length > 0 && !isLast) throw new Error('a frame while one is under way');
    if (cursor < this.#cursor) {
      throw new Error(`a frame with the cursor ${cursor} after one with ${this.#cursor}`);
    }
    this.#checkRoom([...this.#waiting, frame]);
    this.#cursor = cursor;
    this.#hadLast = isLast;
    this.#waiting.push(frame);
    this.#deps.frames.add({
      name,
      format,
      cursor,
      changes: () => frame.changes(),
      written: () => this.#wrote(),
      refused: ({ message }) =>
        this.#break(new Error(`the observer's thread sent what its runtime does not: ${message}`)),
    });
    if (isLast) this.#deps.hurry();
  }

  /** @throws {Error} when what is stored would grow beyond its room */
  #checkRoom(frames: readonly SpaceFrame[]): void {
    const { name, room } = this.#request;
    const { spaces } = this.#deps.database;
    let changes: Iterable<SpaceChange> = frames[0]!.changes();
    if (frames.length > 1) {
      const newest = new Map<string, SpaceChange>();
      for (const frame of frames) {
        for (const change of frame.changes()) newest.set(change.key.toString('latin1'), change);
      }
      changes = newest.values();
    }
    const after = spaces.sizeAfter(name, changes);
    const before = spaces.head(name);
    // What was stored with a higher limit may stay: it is not to grow.
    if (after.bytes > room && after.bytes > (before?.bytes ?? 0)) {
      throw new Error(`changes to a state of ${after.bytes} bytes, of ${room} at most`);
    }
    if (after.entries > maxSpaceKeys && after.entries > (before?.entries ?? 0)) {
      throw new Error(`changes to a state of ${after.entries} keys, of ${maxSpaceKeys} at most`);
    }
  }

  #wrote(): void {
    this.#waiting.shift();
    this.#answers.wrote();
    if (this.#waiting.length === 0) this.#settled();
  }

  #break(error: Error): void {
    if (this.#isOver) return;
    const { database, frames, broken } = this.#deps;
    const { name, space } = this.#request;
    frames.drop(name);
    this.#waiting.length = 0;
    this.fail();
    try {
      database.changeSpaces((before) => database.spaces.remove(name, before));
    } catch {
      // The store fails with that by itself, at its next transaction.
    }
    broken(space, error);
  }
}
