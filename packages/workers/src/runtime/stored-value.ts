import { types } from 'node:util';
import { ConfigError, describe, maxSpaceKeyBytes, spaceRoomOf } from '@panoptes/core/observer';

/** What can be stored under a key; bytes come back as a Uint8Array, also those of a Buffer. */
export type StoredValue = string | Uint8Array;

/** A value that does not change any more, and how much room it takes with its key. */
export interface StoredEntry {
  readonly value: StoredValue;
  readonly bytes: number;
}

/** The entry of a value, which is copied. */
export function entryOf(keyBytes: number, value: StoredValue): StoredEntry {
  if (typeof value === 'string') {
    return { value, bytes: spaceRoomOf(keyBytes, Buffer.byteLength(value)) };
  }
  const copy = copyOf(value);
  return { value: copy, bytes: spaceRoomOf(keyBytes, copy.length) };
}

/** Memory of its own: that of a typed array may be shared, or changed later. */
export function copyOf<Value extends StoredValue>(value: Value): Value;
export function copyOf(value: StoredValue): StoredValue {
  return typeof value === 'string' ? value : Uint8Array.from(value);
}

/**
 * How long a key is, in bytes of UTF-8.
 *
 * @throws {ConfigError} when it can be none
 */
export function keyBytesOf(key: unknown): number {
  const isText = typeof key === 'string' && key.isWellFormed();
  const bytes = isText ? Buffer.byteLength(key) : 0;
  if (bytes > 0 && bytes <= maxSpaceKeyBytes) return bytes;
  throw new ConfigError(
    `ctx.store: expected a key of 1 to ${maxSpaceKeyBytes} bytes in UTF-8, got ${describe(key)}`,
  );
}

/** @throws {ConfigError} when that cannot be stored */
export function checkedValue(value: unknown): StoredValue {
  if (typeof value === 'string' && value.isWellFormed()) return value;
  if (types.isUint8Array(value)) return value;
  const [given, mend] = describedValue(value);
  throw new ConfigError(
    `ctx.store: expected a text or a Uint8Array as value, got ${given}; ${mend}`,
  );
}

/** What a value is that cannot be stored, and what can be in its place. */
function describedValue(value: unknown): readonly [given: string, mend: string] {
  if (typeof value === 'string')
    return [describe(value), 'half a character is none (toWellFormed)'];
  if (types.isAnyArrayBuffer(value)) return ['an ArrayBuffer', 'store new Uint8Array(buffer)'];
  if (ArrayBuffer.isView(value)) {
    const type = types.isDataView(value) ? 'a DataView' : 'a typed array of another kind';
    return [type, 'store new Uint8Array(view.buffer, view.byteOffset, view.byteLength)'];
  }
  if (typeof value === 'number') return [describe(value), 'store String(number)'];
  if (value === undefined) return [describe(value), 'delete(key) removes a key'];
  return [describe(value), 'store JSON.stringify(value), or v8.serialize(value)'];
}
