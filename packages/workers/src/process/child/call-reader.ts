/** Reads the payload of a call that came by the control pipe. */
export class CallReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** @throws {Error} when the call is shorter */
  word(): number {
    return this.#take(4).readUInt32LE();
  }

  /** A text after the number of its bytes. */
  text(): string {
    return this.#take(this.word()).toString();
  }

  /** What is left. */
  rest(): Buffer {
    return this.#take(this.#bytes.length - this.#at);
  }

  /** What is left, as JSON. */
  json(): unknown {
    return JSON.parse(this.rest().toString());
  }

  #take(bytes: number): Buffer {
    const end = this.#at + bytes;
    if (end > this.#bytes.length) {
      throw new Error(`a call of ${this.#bytes.length} bytes, of which ${end} were due`);
    }
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
