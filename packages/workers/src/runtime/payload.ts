import { types } from 'node:util';
import { Deserializer, Serializer } from 'node:v8';
import { PayloadError, messageOf } from '@panoptes/core/observer';
import { ReadingCost, isPlain } from './reading-cost.js';

/**
 * Makes bytes of a query's arguments, for the observer's thread. They are what is measured and what
 * is sent, so nothing can be larger than it looks, and nothing refers to memory of the sender.
 *
 * @throws {PayloadError} when they are too many, or the arguments cannot be copied
 */
export const packArguments = (args: readonly unknown[]): Buffer => serialize(args, 'arguments');

/**
 * Makes bytes of what a query returned, for its caller's thread, on the observer's.
 *
 * @throws {PayloadError} when they are too many, take too long to read, or it cannot be copied
 */
export function packAnswer(answer: unknown): Buffer {
  // Of few bytes a large copy can be made, so it is looked at before.
  const bytes = serialize(answer, 'an answer', readableSoon());
  // And the copy, too: a getter may show something else each time.
  lookThrough(unpack(bytes, 'an answer'), readableSoon());
  return bytes;
}

/**
 * Makes a value of bytes from another thread, none of it trusted.
 *
 * @throws {PayloadError} when they are none, or can be sent and not be read
 */
export function unpack(bytes: unknown, what: string): unknown {
  // Not by its class: under jsdom and the like that is another one.
  if (!types.isUint8Array(bytes)) throw new PayloadError(`${what} came in no known form`);
  try {
    const deserializer = new Deserializer(bytes);
    deserializer.readHeader();
    return deserializer.readValue();
  } catch (cause) {
    throw new PayloadError(`${what} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Longest arguments of a query, and longest answer, in bytes of V8's serialization. */
export const maxPayloadBytes = 16 * 1024 * 1024;
/**
 * Most that an answer may cost to read, in plain values: some 120 ms, for which the caller's thread
 * does nothing else.
 */
const maxReadingCost = 500_000;

/** Looks at one value after another, and throws when they take too long to read together. */
function readableSoon(): (item: unknown) => void {
  const cost = new ReadingCost();
  return (item) => {
    cost.add(item);
    if (cost.total <= maxReadingCost) return;
    throw new PayloadError(
      `an answer that takes longer to read than ${maxReadingCost} numbers cannot be sent; ` +
        'send less, in parts, or as a text or bytes',
    );
  };
}

function serialize(value: unknown, what: string, check?: (item: unknown) => void): Buffer {
  const tooLarge = (): Error =>
    new PayloadError(
      `${what} of more than ${maxPayloadBytes} bytes cannot be sent; send less, or in parts`,
    );
  let bytes: Buffer;
  try {
    // Counted at least: what is far too large is refused before it is copied.
    let left = maxPayloadBytes;
    lookThrough(value, (item) => {
      const isSimple = typeof item !== 'object' || item === null || isPlain(item);
      left -= isSimple ? leastBytesOfSimple(item) : leastBytes(item);
      if (left < 0) throw tooLarge();
      check?.(item);
      if (isSimple) return;
      if (isResizable(item)) {
        throw new TypeError('a buffer that can grow takes more than it shows; send a copy');
      }
      if (isShell(item)) {
        throw new TypeError(`#<${item.constructor.name.slice(0, 60)}> could not be cloned`);
      }
    });
    const serializer = new Serializer();
    serializer.writeHeader();
    serializer.writeValue(value);
    bytes = serializer.releaseBuffer();
  } catch (cause) {
    if (cause instanceof PayloadError) throw cause;
    throw new PayloadError(`${what} cannot be sent: ${messageOf(cause)}`, { cause });
  }
  if (bytes.length > maxPayloadBytes) throw tooLarge();
  return bytes;
}

/** Each has room kept for all that it may become, of which a process can have only so much. */
function isResizable(value: unknown): boolean {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  return buffer instanceof ArrayBuffer && (buffer as { resizable?: boolean }).resizable === true;
}

/** Bytes that a value takes at least which is no object, or a plain one, without what is in it. */
const leastBytesOfSimple = (value: unknown): number =>
  typeof value === 'string' ? value.length : 1;

/** Bytes that an object takes at least, without what is in it. */
function leastBytes(value: object): number {
  if (value instanceof String) return value.length;
  if (ArrayBuffer.isView(value)) return value.buffer.byteLength;
  return value instanceof ArrayBuffer ? value.byteLength : 1;
}

/** Looks at a value and all that is in it; into each object once. */
function lookThrough(value: unknown, look: (item: unknown) => void): void {
  const seen = new Set<unknown>();
  const open = [value];
  const add = (inner: unknown): void => void open.push(inner);
  while (open.length > 0) {
    const item = open.pop();
    look(item);
    if (typeof item !== 'object' || item === null || seen.has(item)) continue;
    seen.add(item);
    if (isPlain(item)) {
      for (const inner of Object.values(item)) open.push(inner);
      continue;
    }
    // By the runtime's own methods: a class of the observer's may have others.
    if (types.isMap(item)) Map.prototype.forEach.call(item, (inner, key) => open.push(key, inner));
    else if (types.isSet(item)) Set.prototype.forEach.call(item, add);
    // A buffer's bytes and a text's characters are no values of their own.
    else if (ArrayBuffer.isView(item) || item instanceof String) continue;
    Object.values(item).forEach(add);
    if (item instanceof Error) add(item.cause);
  }
}

/**
 * Whether an object is of a class of the runtime's, which has a tag, or says how it is sent. V8 would
 * copy an empty shell, as it does not see what a `Blob`, a `URL` or a `CryptoKey` is made of
 * (https://github.com/nodejs/node/issues/55120). Functions, ports and shared memory it refuses itself.
 */
function isShell(item: object): boolean {
  if (item instanceof Map || item instanceof Set) return false;
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return false;
  let type = Object.getPrototypeOf(item) as object | null;
  while (type !== null && type !== Object.prototype && type !== Array.prototype) {
    const marks = Object.getOwnPropertySymbols(type);
    if (marks.some((mark) => mark === Symbol.toStringTag || isOfMessaging(mark))) return true;
    type = Object.getPrototypeOf(type) as object | null;
  }
  return false;
}

const isOfMessaging = ({ description }: symbol): boolean =>
  description?.startsWith('messaging_') === true;
