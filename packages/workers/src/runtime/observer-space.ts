import {
  MessageKind,
  MessageSender,
  ObserverStoreFullError,
  SpaceAnswers,
  type SpaceChange,
  SpaceFrame,
  SpaceKind,
  type SpaceMemory,
  describe,
  encodeFrame,
  maxSpaceKeys,
  systemClock,
} from '@panoptes/core/observer';
import {
  type StoredEntry,
  type StoredValue,
  checkedValue,
  copyOf,
  entryOf,
  keyBytesOf,
} from './stored-value.js';

/**
 * The observer's side of its space. Of what handlers have changed one frame is under way to the store
 * at a time; meanwhile further changes gather by key. So what waits is bounded by the room of the space.
 */
export class ObserverSpace {
  readonly #room: number;
  readonly #sender: MessageSender;
  readonly #answers: SpaceAnswers;
  readonly #entries = new Map<string, StoredEntry>();
  #bytes = 0;
  /** Keys that were changed by the handler that runs, or since the last one. */
  readonly #changed = new Set<string>();
  /** Changed since the last frame by handlers that have ended; undefined: the key is gone. */
  readonly #sealed = new Map<string, StoredEntry | undefined>();
  /** The keys that there are once the last frame is applied. */
  readonly #sent = new Set<string>();
  #cursor: number | undefined;
  #sentCursor: number | undefined;
  #sentAt = Number.NEGATIVE_INFINITY;
  /** Frames that were sent. */
  #posted = 0;
  #isClosed = false;

  /** @throws {Error} when its state makes no sense: a bug */
  constructor(memory: SpaceMemory) {
    const { state, room } = memory;
    this.#room = room;
    this.#sender = new MessageSender(memory.ring);
    this.#answers = new SpaceAnswers(memory);
    if (state === undefined) return;
    const frame = new SpaceFrame(Buffer.from(state), Number.POSITIVE_INFINITY);
    this.#cursor = this.#sentCursor = frame.cursor;
    for (const { key, kind, value } of frame.changes()) {
      const name = key.toString();
      const entry = entryOf(key.length, kind === SpaceKind.text ? value.toString() : value);
      this.#entries.set(name, entry);
      this.#sent.add(name);
      this.#bytes += entry.bytes;
    }
  }

  get cursor(): number | undefined {
    return this.#cursor;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): StoredValue | undefined {
    const value = this.#entries.get(key)?.value;
    return value === undefined ? undefined : copyOf(value);
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  set(key: string, value: StoredValue): this {
    const entry = entryOf(keyBytesOf(key), checkedValue(value));
    const old = this.#entries.get(key);
    if (typeof value === 'string' && value === old?.value) return this;
    const bytes = this.#bytes + entry.bytes - (old?.bytes ?? 0);
    if (bytes > this.#room && bytes > this.#bytes) {
      throw full(
        `${this.#room} bytes`,
        bytes,
        key,
        'register the observer with more (storeLimitMb)',
      );
    }
    if (old === undefined && this.#entries.size >= maxSpaceKeys) {
      throw full(`${maxSpaceKeys} keys`, this.#entries.size + 1, key, 'store more under one key');
    }
    this.#entries.set(key, entry);
    this.#bytes = bytes;
    this.#changed.add(key);
    return this;
  }

  delete(key: string): boolean {
    const old = this.#entries.get(key);
    if (old === undefined) return false;
    this.#entries.delete(key);
    this.#bytes -= old.bytes;
    // One that was never counted leaves nothing behind: who adds and removes keys for ever takes no memory.
    if (this.#isCounted(key)) this.#changed.add(key);
    else this.#changed.delete(key);
    return true;
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  *entries(): IterableIterator<[string, StoredValue]> {
    for (const [key, { value }] of this.#entries) yield [key, copyOf(value)];
  }

  [Symbol.iterator](): IterableIterator<[string, StoredValue]> {
    return this.entries();
  }

  /** A handler has ended: what was changed counts, and the state is as of `cursor`. */
  seal(cursor: number): void {
    this.#cursor = cursor;
    this.#count();
    if (this.#isClosed || this.#isUnderWay) return;
    const isOld = systemClock.monotonic() - this.#sentAt >= cursorEveryMs;
    if (this.#sealed.size > 0 || isOld) this.#send(cursor);
  }

  /**
   * Sends what counts, which is the last; resolves when the store has it or can read it, or takes no more.
   */
  async finish(): Promise<void> {
    const cursor = this.#cursor;
    if (this.#isClosed || cursor === undefined) return;
    this.#isClosed = true;
    this.#count();
    const isMore = this.#sealed.size > 0 || cursor !== this.#sentCursor;
    // The store waits no longer to write what is under way, either.
    if (isMore || this.#isUnderWay) this.#post(cursor, true);
    while (!this.#sender.isEmpty && !this.#answers.isEnded) await this.#sender.moved();
  }

  /** Sends nothing any more. */
  close(): void {
    this.#isClosed = true;
  }

  #count(): void {
    for (const key of this.#changed) {
      const entry = this.#entries.get(key);
      if (entry !== undefined || this.#sent.has(key)) this.#sealed.set(key, entry);
      else this.#sealed.delete(key);
    }
    this.#changed.clear();
  }

  /** Whether a key is in the state that the last handler which has ended left. */
  #isCounted(key: string): boolean {
    return this.#sealed.has(key) ? this.#sealed.get(key) !== undefined : this.#sent.has(key);
  }

  get #isUnderWay(): boolean {
    return ((this.#posted - this.#answers.written) | 0) > 0;
  }

  #send(cursor: number): void {
    const { written } = this.#answers;
    this.#post(cursor, false);
    void this.#answers.moved(written).then(() => {
      if (this.#answers.isEnded) this.#isClosed = true;
      // One may have been sent since that was on disk.
      if (this.#isClosed || this.#isUnderWay || this.#sealed.size === 0) return;
      this.#send(this.#cursor!);
    });
  }

  #post(cursor: number, isLast: boolean): void {
    const changes: SpaceChange[] = [];
    for (const [key, entry] of this.#sealed) {
      changes.push(changeOf(key, entry?.value));
      if (entry === undefined) this.#sent.delete(key);
      else this.#sent.add(key);
    }
    this.#sealed.clear();
    this.#posted++;
    this.#sentCursor = cursor;
    this.#sentAt = systemClock.monotonic();
    const frame = encodeFrame(cursor, changes, isLast, (bytes) => Buffer.alloc(bytes));
    this.#sender.send(MessageKind.frame, frame);
  }
}

const full = (most: string, got: number, key: string, or: string): ObserverStoreFullError =>
  new ObserverStoreFullError(
    `ctx.store: expected at most ${most}, got ${got} with ${describe(key)}; delete what is not ` +
      `needed, or ${or}`,
  );

function changeOf(key: string, value: StoredValue | undefined): SpaceChange {
  const name = Buffer.from(key);
  if (value === undefined) return { key: name, kind: SpaceKind.gone, value: noBytes };
  if (typeof value === 'string') {
    return { key: name, kind: SpaceKind.text, value: Buffer.from(value) };
  }
  const { buffer, byteOffset, length } = value;
  return { key: name, kind: SpaceKind.bytes, value: Buffer.from(buffer, byteOffset, length) };
}

const noBytes = Buffer.alloc(0);

/** A frame that says nothing but how far the observer has come is sent no more often than this. */
const cursorEveryMs = 1_000;
