/**
 * A function of keys that remembers what it made of the first few thousand of them, and of the last
 * one: peers of a small network come back many times, and questions about one peer follow each other.
 * Of a large network it remembers a part, which is bounded.
 */
export function remembering<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => {
    if (last !== undefined && last.key === key) return last.value;
    const value = made.get(key) ?? make(key);
    if (made.size < mostRemembered) made.set(key, value);
    last = { key, value };
    return value;
  };
}

/** A peer's traits take some kilobyte. */
const mostRemembered = 4_096;
