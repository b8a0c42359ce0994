/** Most bytes of a query's arguments, or of its answer, together. */
const maxPayloadBytes = 16 * 1024 * 1024;
/** What a value costs besides what it holds; a number, a key or a reference costs no more. */
const valueBytes = 8;

/**
 * Checks that a value is small enough to be sent to another thread, before it is copied. Reads what
 * the copy would read, and stops as soon as it knows.
 *
 * @throws {RangeError} when it takes more than `maxPayloadBytes`, roughly reckoned
 */
export function checkPayload(value: unknown, what: string): void {
  let left = maxPayloadBytes;
  const seen = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const item = open.pop();
    left -= valueBytes;
    if (typeof item === 'string') left -= 2 * item.length;
    else if (typeof item === 'bigint') left -= valueBytes;
    else if (typeof item === 'object' && item !== null && !seen.has(item)) {
      seen.add(item);
      // Looked at before its items are: a long list is refused without being walked.
      left -= sizeOf(item);
      if (left >= 0) for (const inner of itemsOf(item)) open.push(inner);
    }
    if (left < 0) {
      throw new RangeError(
        `${what} of more than ${maxPayloadBytes} bytes cannot be sent; send less, or in parts`,
      );
    }
  }
}

/** Bytes of an object itself, at least; its items come on top. */
function sizeOf(item: object): number {
  if (ArrayBuffer.isView(item)) return item.buffer.byteLength;
  if (item instanceof ArrayBuffer) return item.byteLength;
  if (Array.isArray(item)) return item.length * valueBytes;
  if (item instanceof Map || item instanceof Set) return item.size * valueBytes;
  return 0;
}

function itemsOf(item: object): Iterable<unknown> {
  if (ArrayBuffer.isView(item) || item instanceof ArrayBuffer) return [];
  if (item instanceof Map) return [...item.keys(), ...item.values()] as unknown[];
  if (item instanceof Set) return item as Set<unknown>;
  return Object.values(item) as unknown[];
}
