/**
 * A value as JSON that keeps what JSON has no word for: what is undefined, and numbers without an end. An
 * object with the field `$` stands for such a value; one that has that field itself goes as its entries.
 *
 * @throws a TypeError for what still cannot be written, such as a function
 */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === undefined) return { $: 'undefined' };
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { $: String(inner) };
    if (typeof inner === 'function' || typeof inner === 'symbol') {
      throw new TypeError(`there is no JSON for a ${typeof inner}`);
    }
    const isLike = typeof inner === 'object' && inner !== null && Object.hasOwn(inner, '$');
    return isLike ? { $: 'entries', entries: Object.entries(inner) } : inner;
  });
}

/** Reads what `exactJson` wrote. */
export const fromExactJson = (json: string): unknown => meantBy(JSON.parse(json));

function meantBy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(meantBy);
  if (!Object.hasOwn(value, '$')) return madeOf(Object.entries(value));
  const { $: what, entries } = value as { readonly $: unknown; readonly entries?: unknown };
  if (what === 'entries') return madeOf(entries as [string, unknown][]);
  return what === 'undefined' ? undefined : Number(what);
}

/** `Object.fromEntries` makes own fields of all names, `__proto__` included. */
const madeOf = (entries: readonly (readonly [string, unknown])[]): object =>
  Object.fromEntries(entries.map(([name, inner]) => [name, meantBy(inner)]));
