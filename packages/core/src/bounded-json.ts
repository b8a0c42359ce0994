import { types } from 'node:util';

/**
 * A value as JSON, written only as far as the limit: what is too long costs no more than what is not.
 * It says the same as `JSON.stringify`, which makes the whole text first, and of bytes and lists whose
 * length is a lie may make any number of times what they take themselves.
 *
 * @param limit - most bytes of UTF-8
 * @param plain - called with each value, before and after its `toJSON`, and gives what stands in its place
 * @returns undefined for what JSON has no word for, such as a function
 * @throws {TooLongError} when it is longer; a TypeError for what cannot be written; what a value throws
 */
export function boundedJson(
  value: unknown,
  limit: number,
  plain: (value: unknown) => unknown = (same) => same,
): string | undefined {
  const writer = new JsonWriter(limit, plain);
  return writer.write(value, '', '') ? writer.text : undefined;
}

/** What was to be written as JSON takes more than so many bytes. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';

  constructor(limit: number) {
    super(`more than ${limit} bytes of JSON`);
  }
}

class JsonWriter {
  text = '';
  readonly #limit: number;
  readonly #plain: (value: unknown) => unknown;
  #left: number;

  constructor(limit: number, plain: (value: unknown) => unknown) {
    this.#limit = limit;
    this.#left = limit;
    this.#plain = plain;
  }

  /**
   * Writes a value, and before it what leads to it.
   *
   * @returns false when JSON has no word for it: then nothing was written
   */
  write(given: unknown, key: string, before: string): boolean {
    const value = unboxed(this.#wordFor(given, key));
    switch (typeof value) {
      case 'string':
        this.#add(before);
        this.#addText(value);
        return true;
      case 'number':
        this.#add(`${before}${Number.isFinite(value) ? String(value) : 'null'}`);
        return true;
      case 'boolean':
        this.#add(`${before}${String(value)}`);
        return true;
      case 'bigint':
        throw new TypeError('JSON has no word for a bigint');
      case 'object':
        this.#add(before);
        if (value === null) this.#add('null');
        else if (Array.isArray(value)) this.#writeList(value);
        else this.#writeFields(value);
        return true;
      default:
        return false;
    }
  }

  /** What a value says that it is to be written as. */
  #wordFor(given: unknown, key: string): unknown {
    const value = this.#plain(given);
    if (!mayHaveWord(value)) return value;
    this.#checkBytes(value);
    const { toJSON } = value as { readonly toJSON?: unknown };
    return typeof toJSON === 'function' ? this.#plain(Reflect.apply(toJSON, value, [key])) : value;
  }

  /** Each number takes a character at least; a buffer would make a list of all its bytes first. */
  #checkBytes(value: object | bigint): void {
    if (ArrayBuffer.isView(value) && value.byteLength > 8 * this.#left) this.#refuse();
  }

  #writeList(list: readonly unknown[]): void {
    this.#add('[');
    const { length } = list;
    for (let at = 0; at < length; at++) {
      const before = at === 0 ? '' : ',';
      if (!this.write(list[at], String(at), before)) this.#add(`${before}null`);
    }
    this.#add(']');
  }

  #writeFields(fields: object): void {
    this.#checkBytes(fields);
    this.#add('{');
    let comma = '';
    for (const key of Object.keys(fields)) {
      // As many are written, or what they lead to would not be.
      if (key.length > this.#left) this.#refuse();
      const before = `${comma}${JSON.stringify(key)}:`;
      if (this.write((fields as Record<string, unknown>)[key], key, before)) comma = ',';
    }
    this.#add('}');
  }

  #addText(text: string): void {
    // Before it is copied.
    if (text.length > this.#left) this.#refuse();
    this.#add(JSON.stringify(text));
  }

  #add(json: string): void {
    this.#left -= Buffer.byteLength(json);
    if (this.#left < 0) this.#refuse();
    this.text += json;
  }

  #refuse(): never {
    throw new TooLongError(this.#limit);
  }
}

/** Whether `JSON.stringify` would ask a value for its `toJSON`. */
const mayHaveWord = (value: unknown): value is object | bigint =>
  (typeof value === 'object' && value !== null) ||
  typeof value === 'function' ||
  typeof value === 'bigint';

/** What is in an object that was made of a text, a number or a truth value. */
function unboxed(value: unknown): unknown {
  if (!types.isBoxedPrimitive(value)) return value;
  if (types.isStringObject(value)) return String(value);
  if (types.isNumberObject(value)) return Number(value);
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value);
  return types.isBigIntObject(value) ? BigInt.prototype.valueOf.call(value) : value;
}
