/**
 * A scenario without the keys that begin with `x-`: they may stand in any of its mappings, hold
 * anything, and mean nothing, so that a file has a place for notes and for what is referred to
 * elsewhere. What is handed to observers as it is keeps its own.
 */
export function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-'));
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, foreign.has(key) ? inner : withoutExtensions(inner)]),
  );
}

/** Keys whose values are a user's own, down to the last. */
const foreign = new Set(['options']);
