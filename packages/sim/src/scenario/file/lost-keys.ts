import type { Finding } from './issue-messages.js';

/**
 * Keys that are lost when an object is copied, anywhere in a scenario: what is there would be left
 * out in silence.
 */
export function lostKeys(value: unknown, path: readonly PropertyKey[] = []): Finding[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): Finding[] =>
    key === '__proto__'
      ? [{ path: [...path, key], message: "expected another name: '__proto__' cannot be one" }]
      : lostKeys(inner, [...path, key]),
  );
}
