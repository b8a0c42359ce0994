/**
 * What an observer prints, on its way to the main thread: a bounded ring in shared memory with one
 * writer and one reader. Nothing is sent and no thread is woken: the reader looks in its own time, and
 * what does not fit meanwhile is lost and counted. A flood costs its writer's thread, and no other.
 *
 * The writer alone stores `written` and `lost`, the reader alone `read`; both count bytes, and wrap.
 */
export class OutputRing {
  readonly #words: Int32Array;
  readonly #bytes: Buffer;

  /** @param offset - where the ring starts in `buffer`, a multiple of 4 */
  constructor(buffer: SharedArrayBuffer, offset: number) {
    this.#words = new Int32Array(buffer, offset, HEAD_BYTES / 4);
    this.#bytes = Buffer.from(buffer, offset + HEAD_BYTES, OUTPUT_BYTES);
  }

  /** Lines that found no room, since the ring was made. */
  get lost(): number {
    return Atomics.load(this.#words, Word.lost) >>> 0;
  }

  /** Adds a line, on the observer's thread; without room it is lost and counted. */
  write(stream: OutputLine['stream'], text: string): void {
    const line = Buffer.from(text.slice(0, maxLineBytes)).subarray(0, maxLineBytes);
    const written = Atomics.load(this.#words, Word.written);
    const room = OUTPUT_BYTES - ((written - Atomics.load(this.#words, Word.read)) >>> 0);
    if (line.length + LINE_HEAD > room) {
      Atomics.add(this.#words, Word.lost, 1);
      return;
    }
    const head = Buffer.alloc(LINE_HEAD);
    head.writeUInt32LE(line.length * 2 + (stream === 'stderr' ? 1 : 0));
    this.#put(written, head);
    this.#put(written + LINE_HEAD, line);
    // Last: who sees it sees the line.
    Atomics.store(this.#words, Word.written, (written + LINE_HEAD + line.length) | 0);
  }

  /**
   * Takes the oldest line, on the main thread.
   *
   * @returns nothing when there is none, or when what is there makes no sense: then all is dropped
   */
  read(): OutputLine | undefined {
    const read = Atomics.load(this.#words, Word.read);
    const filled = (Atomics.load(this.#words, Word.written) - read) >>> 0;
    if (filled === 0) return undefined;
    const head = this.#take(read, LINE_HEAD).readUInt32LE();
    const length = head >>> 1;
    if (filled > OUTPUT_BYTES || length + LINE_HEAD > filled) {
      Atomics.store(this.#words, Word.read, (read + filled) | 0);
      return undefined;
    }
    const text = this.#take(read + LINE_HEAD, length).toString();
    Atomics.store(this.#words, Word.read, (read + LINE_HEAD + length) | 0);
    return { stream: (head & 1) === 1 ? 'stderr' : 'stdout', text };
  }

  #put(at: number, bytes: Buffer): void {
    const start = at & (OUTPUT_BYTES - 1);
    const first = Math.min(bytes.length, OUTPUT_BYTES - start);
    bytes.copy(this.#bytes, start, 0, first);
    bytes.copy(this.#bytes, 0, first);
  }

  #take(at: number, length: number): Buffer {
    const start = at & (OUTPUT_BYTES - 1);
    const first = Math.min(length, OUTPUT_BYTES - start);
    const bytes = Buffer.alloc(length);
    this.#bytes.copy(bytes, 0, start, start + first);
    this.#bytes.copy(bytes, first, 0, length - first);
    return bytes;
  }
}

/** What a program printed at once. */
export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Int32 words before the text. */
const Word = { written: 0, read: 1, lost: 2 } as const;
/** Bytes of those words. */
const HEAD_BYTES = 16;
/** Bytes before the text of a line: its length with the stream in the lowest bit. */
const LINE_HEAD = 4;

/** Size of an output ring in bytes, a power of two: some hundred lines that wait to be read. */
export const OUTPUT_BYTES = 32 * 1024;
/** Longer lines are cut. */
const maxLineBytes = 4 * 1024;
