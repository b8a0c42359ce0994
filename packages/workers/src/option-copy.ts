import { ConfigError, describe } from '@panoptes/core';

/** A value somewhere in the options, and what came of it when they were copied. */
interface Place {
  readonly path: string;
  readonly value: unknown;
  readonly copy: unknown;
}

/**
 * Copies an observer's options when they are handed in, as they will be copied to the thread of each
 * of its lives: what their owner does to them afterwards concerns none. Shared memory stays shared.
 *
 * @throws {ConfigError} naming the place of what cannot be copied
 */
export function copyOptions(options: unknown): unknown {
  let copy: unknown;
  try {
    copy = structuredClone(options);
  } catch (cause) {
    const { path, value } = uncopyable(options);
    throw refusal(path, value, { cause });
  }
  for (const { path, value, copy: copied } of placesIn({ path: 'options', value: options, copy })) {
    // Of the runtime's own objects, such as URLs, some versions copy an empty shell.
    if (tagOf(value) !== tagOf(copied)) throw refusal(path, value);
  }
  return copy;
}

function refusal(path: string, value: unknown, reason?: ErrorOptions): ConfigError {
  const isTagged = typeof value === 'object' && value !== null;
  const got = isTagged ? `an object of type ${tagOf(value)}` : describe(value);
  return new ConfigError(
    `option '${path}': expected data that can be copied to a thread, got ${got}`,
    reason,
  );
}

/** What a value calls itself, in which a class of its owner's may have a say. */
function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return 'unknown';
  }
}

/** The place because of which a value cannot be copied: one that cannot be although all in it can. */
function uncopyable(options: unknown): Place {
  const outermost = { path: 'options', value: options, copy: undefined };
  for (const place of placesIn(outermost)) {
    if (isCopyable(place.value)) continue;
    if (within(place).every(({ value }) => isCopyable(value))) return place;
  }
  return outermost;
}

function isCopyable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** A value and all that is in it, each object once. */
function* placesIn(outermost: Place): Generator<Place> {
  const seen = new Set<unknown>();
  const open = [outermost];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place.value)) continue;
    if (typeof place.value === 'object') seen.add(place.value);
    yield place;
    open.push(...within(place));
  }
}

/** What an object holds; nothing where it cannot be read. */
function within({ path, value, copy }: Place): Place[] {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return [];
  try {
    const isList = Array.isArray(value) || value instanceof Map || value instanceof Set;
    const copies = new Map(itemsOf(copy));
    return itemsOf(value).map(([key, inner]) => ({
      path: isList ? `${path}[${key}]` : `${path}.${key}`,
      value: inner,
      copy: copies.get(key),
    }));
  } catch {
    return [];
  }
}

/** Of a map the keys and then the values; of a set its members. */
function itemsOf(value: unknown): [key: string, item: unknown][] {
  if (value instanceof Map) return Object.entries([...value.keys(), ...value.values()]);
  if (value instanceof Set) return Object.entries([...value]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
