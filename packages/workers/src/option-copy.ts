import { types } from 'node:util';
import { ConfigError, describe } from '@panoptes/core';

/**
 * Copies an observer's options when they are handed in, as they will be copied to the thread of each
 * of its incarnations: later changes by their owner have no effect. Shared memory stays shared.
 *
 * @param where - the option that they are, for the message
 * @throws {ConfigError} naming the place of what cannot be copied
 */
export function copyOptions(options: unknown, where = 'options'): unknown {
  let copy: unknown;
  try {
    copy = structuredClone(options);
  } catch (cause) {
    const culprit = uncopyable(options, where);
    if (culprit !== undefined) throw refusal(culprit.path, culprit.value, { cause });
    throw new ConfigError(
      `option '${where}': expected data that can be copied to a thread: ${(cause as Error).message} ` +
        '(is it nested too deep?)',
      { cause },
    );
  }
  for (const { path, value, copy: copied } of placesIn({ path: where, value: options, copy })) {
    // Of the runtime's own objects, such as URLs, some versions copy an empty shell:
    // https://github.com/nodejs/node/issues/55120
    if (tagOf(value) !== tagOf(copied)) throw refusal(path, value);
  }
  return copy;
}

/** Longest path of a place in a message, in characters. */
const maxPath = 200;

/** A value somewhere in the options, and its copy. */
interface Place {
  readonly path: string;
  readonly value: unknown;
  readonly copy: unknown;
}

function refusal(path: string, value: unknown, reason?: ErrorOptions): ConfigError {
  const isTagged = typeof value === 'object' && value !== null;
  const got = isTagged ? `an object of type ${tagOf(value)}` : describe(value);
  const place = path.length > maxPath ? `${path.slice(0, maxPath)}…` : path;
  return new ConfigError(
    `option '${place}': expected data that can be copied to a thread, got ${got}`,
    reason,
  );
}

/** What a value calls itself, which a class of its owner's may change. */
function tagOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return 'unknown';
  }
}

/** The place because of which a value cannot be copied; undefined when each could be by itself. */
function uncopyable(options: unknown, path: string): Place | undefined {
  for (const place of placesIn({ path, value: options, copy: undefined })) {
    if (isUncopyable(place.value)) return place;
  }
  return undefined;
}

/**
 * Whether a value itself cannot be copied, whatever is in it. What only holds others is not tried: each
 * try would go through all that is below, and there may be any number of levels.
 */
function isUncopyable(value: unknown): boolean {
  if (types.isProxy(value)) return true;
  try {
    if (holdsOthers(value)) itemsOf(value);
    else structuredClone(value);
    return false;
  } catch {
    return true;
  }
}

const holdsOthers = (value: unknown): boolean =>
  Array.isArray(value) || ['Object', 'Map', 'Set'].includes(tagOf(value));

/** A value and all that is in it, each object once. */
function* placesIn(outermost: Place): Generator<Place> {
  const seen = new Set<unknown>();
  const open = [outermost];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (seen.has(place.value)) continue;
    if (typeof place.value === 'object') seen.add(place.value);
    yield place;
    for (const inner of within(place)) open.push(inner);
  }
}

/** Bytes, and the characters of a boxed text, are no values of their own. */
const holdsNothing = (value: object): boolean =>
  ArrayBuffer.isView(value) || types.isBoxedPrimitive(value);

/** What an object holds; nothing where it cannot be read. */
function within({ path, value, copy }: Place): Place[] {
  if (typeof value !== 'object' || value === null || holdsNothing(value)) return [];
  try {
    const isList = Array.isArray(value) || types.isMap(value) || types.isSet(value);
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
  if (types.isMap(value)) return Object.entries([...value.keys(), ...value.values()]);
  if (types.isSet(value)) return Object.entries([...value]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
