import { types } from 'node:util';

/**
 * How long a thread takes to make values of their bytes, counted and not timed: in the time of a
 * plain value, such as a number, as an answer of many of them takes it (some 0.25 µs on a machine at
 * rest). What each kind costs was measured; where it depends on what is in it, the worst is counted.
 */
export class ReadingCost {
  readonly #shapes = new Shapes();
  #total = 0;
  #longKeys = 0;

  /** Of all that was added. */
  get total(): number {
    return this.#total;
  }

  /** Adds a value, without what is in it, which is a value of its own. */
  add(value: unknown): void {
    this.#total += 1;
    if (typeof value === 'object' && value !== null) this.#total += this.#costOf(value);
  }

  #costOf(value: object): number {
    if (isPlain(value)) return costs.object + this.#propertyCost(value);
    // By the runtime's own methods: a class of the observer's may have others.
    if (types.isMap(value)) return costs.map + this.#tableCost([...Map.prototype.keys.call(value)]);
    if (types.isSet(value)) return costs.map + this.#tableCost([...Set.prototype.keys.call(value)]);
    if (types.isRegExp(value)) return costs.regExp + expressionCost(value);
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return costs.bytes;
    const kind = types.isNativeError(value) ? costs.error : costs.object;
    // Its characters are no keys of its own making.
    if (types.isStringObject(value)) return kind;
    return kind + this.#propertyCost(value);
  }

  /** Room is made for all places up to the last, and each property that is new to the shape costs. */
  #propertyCost(value: object): number {
    const keys = Object.keys(value);
    const isList = Array.isArray(value);
    const placed = placesAmong(keys, isList);
    const lastPlace = isList ? value.length : Math.min(mostPlaces, placeAfter(keys, placed));
    const names = keys.slice(placed);
    const places = isList ? 0 : placed;
    const steps = this.#shapes.add(names, value);
    const empty = Math.max(0, lastPlace - keys.length);
    const long = names.reduce((sum, name) => sum + this.#longKeyCost(name), 0);
    return empty / placesForOne + costs.place * places + costs.property * steps + long;
  }

  #tableCost(keys: readonly unknown[]): number {
    const long = keys.reduce<number>((sum, key) => sum + this.#longKeyCost(key), 0);
    return tableCost(keys) + long;
  }

  /** Texts of so many characters all fall into one place, and are compared with all before them. */
  #longKeyCost(key: unknown): number {
    if (typeof key !== 'string' || key.length < longKey) return 0;
    return (this.#longKeys++ * key.length) / charactersForOne;
  }
}

/**
 * Whether an object is a plain one or a list, as nearly all are, by its prototype alone: asking the
 * runtime what it is takes longer than all else. What a deserializer made is what its prototype says.
 */
export function isPlain(value: object): boolean {
  const type: unknown = Object.getPrototypeOf(value);
  const isNamedSo = type === Object.prototype || type === Array.prototype;
  return isNamedSo && !ArrayBuffer.isView(value);
}

const costs = {
  ...{ object: 2, map: 12, regExp: 24, error: 24, bytes: 12 },
  /** A property that makes a new shape. */
  property: 12,
  /** A property of an object that has a number for a name. */
  place: 6,
} as const;

/** So many empty places of a list are made in the time of one value. */
const placesForOne = 4;
/** An object has no room for more empty places than this. */
const mostPlaces = 8_192;

/** V8 takes the length of a longer text for its hash. */
const longKey = 16_384;
/** So many characters of equal texts are compared in the time of one value. */
const charactersForOne = 2_048;

/**
 * Shapes of objects: making one like those before is quick, each property that leads to another shape
 * is not, and one with a value of a kind that it did not have leads to all of them anew.
 */
class Shapes {
  readonly #root = new Shape();

  /** @returns how many properties lead to a shape that was not there */
  add(names: readonly string[], object: object): number {
    // So many are kept in a table of the object's own.
    if (names.length > mostNames) return names.length;
    let added = 0;
    let shape = this.#root;
    for (const name of names) {
      const kind = kindOf((object as Readonly<Record<string, unknown>>)[name]);
      let next = shape.next.get(name);
      if (next === undefined) {
        added++;
        shape.next.set(name, (next = new Shape()));
      } else if (!next.kinds.has(kind)) added += names.length;
      next.kinds.add(kind);
      shape = next;
    }
    return added;
  }
}

class Shape {
  /** The shapes that one property more leads to. */
  readonly next = new Map<string, Shape>();
  /** Of the values that its last property has had. */
  readonly kinds = new Set<Kind>();
}

/** How V8 keeps a property's value. */
type Kind = 'small' | 'number' | 'other';

function kindOf(value: unknown): Kind {
  if (typeof value !== 'number') return 'other';
  return (value | 0) === value && value >= -(2 ** 30) && value < 2 ** 30 ? 'small' : 'number';
}

const mostNames = 1_000;

/** Keys that are places come first, in order; how many they are. */
function placesAmong(keys: readonly string[], isList: boolean): number {
  // Most lists have nothing else, and end with one.
  if (isList && isPlace(keys.at(-1))) return keys.length;
  if (!isPlace(keys[0])) return 0;
  let low = 0;
  for (let high = keys.length; low < high;) {
    const middle = (low + high) >>> 1;
    if (isPlace(keys[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place behind the last of those that the first `count` keys are. */
const placeAfter = (keys: readonly string[], count: number): number =>
  count === 0 ? 0 : Number(keys[count - 1]) + 1;

const isPlace = (key: string | undefined): boolean =>
  key !== undefined &&
  key.charCodeAt(0) < afterDigits &&
  /^(?:0|[1-9]\d{0,9})$/.test(key) &&
  Number(key) < 2 ** 32 - 1;

/** The first character that is no digit, nor stands before them. */
const afterDigits = 0x3a;

/** Steps along a chain of keys that fell into one place of a table, in the time of one value. */
const stepsForOne = 32;

/**
 * What keys of a map or a set cost in its table: each its place, and at most that they all fall into
 * the same one. Where numbers fall is known to everybody, so there may be some that do, and each is
 * compared with all before it; unless they lie close together, for then there are not so many.
 * Nobody can tell where texts and objects fall.
 */
function tableCost(keys: readonly unknown[]): number {
  let size = 0;
  let whole = 0;
  let farthest = 0;
  let others = 0;
  for (const key of keys) {
    size++;
    const isNumber = typeof key === 'number' || typeof key === 'bigint';
    if (!isNumber && !(typeof key === 'string' && isPlace(key))) continue;
    const number = Number(key);
    if (Number.isSafeInteger(number)) {
      whole++;
      farthest = Math.max(farthest, Math.abs(number));
    } else others++;
  }
  return size + (Math.min(whole ** 2 / 2, 2 * farthest) + others ** 2 / 2) / stepsForOne;
}

/**
 * An expression is parsed; each escape may lead to a look through all groups around it; one that knows
 * all of Unicode looks up sets of characters.
 */
function expressionCost({ source, flags }: RegExp): number {
  return sourceCost(source, flags) + (countOf(source, '(') * countOf(source, '\\')) / stepsForOne;
}

const countOf = (text: string, character: string): number => text.split(character).length - 1;

function sourceCost(source: string, flags: string): number {
  if (flags.includes('v')) return 600 * source.length;
  return flags.includes('u') ? 100 * source.length : source.length;
}
