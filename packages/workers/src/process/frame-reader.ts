import { FRAME_HEADER_BYTES } from './frames.js';

/**
 * Makes frames of what comes through a pipe, in pieces of whatever length. A frame's header is looked at
 * before any memory is taken for its payload: nothing that comes is believed.
 */
export class FrameReader {
  readonly #handlers: FrameHandlers;
  /** The header that comes, and then the payload. */
  readonly #header = Buffer.alloc(FRAME_HEADER_BYTES);
  #payload: Buffer | undefined;
  #filled = 0;
  #isClosed = false;

  constructor(handlers: FrameHandlers) {
    this.#handlers = handlers;
  }

  /**
   * Where the next bytes belong, when they are the rest of a payload that is worth it: who reads them right
   * there spares a copy, and says so by `filled`.
   */
  get room(): Uint8Array | undefined {
    const payload = this.#payload;
    if (payload === undefined || payload.length - this.#filled < leastRoomBytes) return undefined;
    return payload.subarray(this.#filled);
  }

  /**
   * So many bytes were put into the `room` that there was.
   *
   * @throws what `read` throws
   */
  filled(count: number): void {
    this.#filled += count;
    if (this.#filled === this.#payload?.length) this.#end(this.#payload);
  }

  /**
   * Takes the next bytes.
   *
   * @throws what its handlers throw; then nothing more is to be read
   */
  read(bytes: Uint8Array): void {
    for (let at = 0; !this.#isClosed;) {
      const part = this.#payload ?? this.#header;
      const count = Math.min(part.length - this.#filled, bytes.length - at);
      part.set(bytes.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
      if (this.#filled < part.length) return;
      if (this.#payload === undefined) this.#begin();
      else this.#end(this.#payload);
    }
  }

  /** Reads nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#payload = undefined;
  }

  #begin(): void {
    const { channel, kind, length } = this.#head();
    if (this.#header.readUInt16LE(10) !== 0)
      throw new Error(`a frame of kind ${kind} without its 0`);
    const most = this.#handlers.maxBytes(kind, channel);
    if (most === undefined)
      throw new Error(`a frame of kind ${kind} on channel ${channel}, where none may come now`);
    if (length > most) {
      throw new Error(`a frame of kind ${kind} with ${length} bytes, of ${most} at most`);
    }
    this.#filled = 0;
    // It is handed on when all of it has come.
    this.#payload = Buffer.allocUnsafeSlow(length);
    if (length === 0) this.#end(this.#payload);
  }

  #end(payload: Buffer): void {
    const { channel, kind } = this.#head();
    this.#payload = undefined;
    this.#filled = 0;
    this.#handlers.receive(kind, channel, payload);
  }

  #head(): { readonly length: number; readonly channel: number; readonly kind: number } {
    const header = this.#header;
    return {
      length: header.readUInt32LE(0),
      channel: header.readUInt32LE(4),
      kind: header.readUInt16LE(8),
    };
  }
}

/** What is smaller comes with what follows it, and is copied. */
const leastRoomBytes = 8 * 1024;

/** What is done with frames. */
export interface FrameHandlers {
  /** Longest payload of a kind on a channel, in bytes; undefined when none of that kind may come there. */
  maxBytes(kind: number, channel: number): number | undefined;
  /** Gets each frame. The memory of its payload is its own. */
  receive(kind: number, channel: number, payload: Buffer): void;
}
