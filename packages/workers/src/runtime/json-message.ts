import { types } from 'node:util';
import { PayloadError, TooLongError, boundedJson, messageOf } from '@panoptes/core/observer';

/**
 * Makes bytes of plain data that a thread sends to the main thread: as JSON, whose worst case takes
 * the least time to read of all forms. Byte arrays are keys, and go as hex; a number
 * that JSON has no word for goes as text, and is refused as such where a number is expected.
 *
 * @param what - for the message
 * @throws {PayloadError} when there are more than `maxBytes`, or it is no plain data
 */
export function packJson(value: unknown, what: string, maxBytes: number): Buffer {
  try {
    // What JSON has no word for is nothing, and refused as such by its reader.
    return Buffer.from(boundedJson(value, maxBytes, (item) => plainOf(item, maxBytes)) ?? 'null');
  } catch (cause) {
    if (cause instanceof TooLongError) {
      throw new PayloadError(`${what} of more than ${maxBytes} bytes cannot be sent`, { cause });
    }
    throw new PayloadError(`${what} cannot be sent: ${messageOf(cause)}`, { cause });
  }
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

function plainOf(value: unknown, maxBytes: number): unknown {
  if (types.isUint8Array(value)) {
    if (value.length > maxBytes) throw new TooLongError(maxBytes);
    return Buffer.from(value).toString('hex');
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
}
