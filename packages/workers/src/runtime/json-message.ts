import { types } from 'node:util';
import { PayloadError } from '@panoptes/core/observer';

/**
 * Makes bytes of plain data that a thread sends to the main thread: as JSON, whose worst case takes
 * the least time to read of all forms. Byte arrays are keys, and go as hex; a number
 * that JSON has no word for goes as text, and is refused as such where a number is expected.
 *
 * @param what - for the message
 * @throws {PayloadError} when there are more than `maxBytes`, or it is no plain data
 */
export function packJson(value: unknown, what: string, maxBytes: number): Buffer {
  const tooLarge = (): Error =>
    new PayloadError(`${what} of more than ${maxBytes} bytes cannot be sent`);
  // Counted on the way, at least: what is far too large is refused before it is written.
  let left = maxBytes;
  const plain = (_key: string, inner: unknown): unknown => {
    const item = plainOf(inner);
    if (item !== undefined) left -= typeof item === 'string' ? item.length : 1;
    if (left < 0) throw tooLarge();
    return item;
  };
  let bytes: Buffer;
  try {
    bytes = Buffer.from(JSON.stringify(value, plain));
  } catch (cause) {
    if (cause instanceof PayloadError) throw cause;
    throw new PayloadError(`${what} cannot be sent: ${(cause as Error).message}`, { cause });
  }
  if (bytes.length > maxBytes) throw tooLarge();
  return bytes;
}

/**
 * Reads what `packJson` made, on the main thread; nothing in it is trusted.
 *
 * @throws {PayloadError} when it cannot be read
 */
export function unpackJson(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    const { message } = cause as Error;
    throw new PayloadError(`${what} cannot be read: ${message}`, { cause });
  }
}

function plainOf(value: unknown): unknown {
  if (types.isUint8Array(value)) return Buffer.from(value).toString('hex');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
