import { ConfigError, describe } from './errors.js';
import { suggestion } from './misspelling.js';
import { ownRecord, shortName } from './own-record.js';

/**
 * Checks options that are read on any thread, also on one that loads no library of schemas. Each is read
 * once.
 *
 * @param what - what they are, for the message
 * @returns all of them, those that are left out with their defaults
 * @throws {ConfigError} naming the first bad one
 */
export function readOptions<Values extends object>(
  table: OptionTable<Values>,
  given: unknown,
  what: string,
): Values {
  const names = Object.keys(table) as (keyof Values & string)[];
  const own = new Map(Object.entries(ownRecord(given, what, names)));
  const values: Partial<Values> = {};
  for (const name of names) {
    const { initial, expected, words, accepts } = table[name];
    const value = own.get(name);
    own.delete(name);
    if (value === undefined) values[name] = initial;
    else if (accepts(value)) values[name] = value;
    else {
      const hint = suggestion(value, words);
      const message = `option '${name}': expected ${expected}, got ${describe(value)}${hint}`;
      throw new ConfigError(message);
    }
  }
  for (const unknown of own.keys()) throw noSuchOption(unknown, names);
  return values as Values;
}

/** The options of that there are, by their names. */
export type OptionTable<Values extends object> = {
  readonly [Name in keyof Values & string]-?: PlainOption<Values[Name]>;
};

/** What one of the options may be. */
export interface PlainOption<Value> {
  readonly initial: Value;
  /** What it may be, in words. */
  readonly expected: string;
  /** Those that it may be, if it is one of a few. */
  readonly words: readonly string[];
  readonly accepts: (value: unknown) => value is Value;
}

export const flagOption = (initial: boolean): PlainOption<boolean> => ({
  initial,
  expected: 'true or false',
  words: [],
  accepts: (value): value is boolean => typeof value === 'boolean',
});

/** One of a few words; the first unless it is given. */
export const wordOption = <const Words extends readonly [string, ...string[]]>(
  ...words: Words
): PlainOption<Words[number]> => ({
  initial: words[0],
  expected: `one of ${words.join(', ')}`,
  words,
  accepts: (value): value is Words[number] => words.includes(value as string),
});

export const wholeOption = (initial: number, min: number, max: number): PlainOption<number> => ({
  initial,
  expected: `a whole number from ${min} to ${max}`,
  words: [],
  accepts: (value): value is number =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max,
});

export const powerOfTwoOption = (
  initial: number,
  min: number,
  max: number,
): PlainOption<number> => ({
  initial,
  expected: `a power of two from ${min} to ${max}`,
  words: [],
  accepts: (value): value is number =>
    typeof value === 'number' && Number.isInteger(Math.log2(value)) && value >= min && value <= max,
});

/**
 * The error of an option that there is not.
 *
 * @param known - those that there are
 * @param group - the path of the options that it is among
 */
export function noSuchOption(
  key: string,
  known: readonly string[],
  group: readonly PropertyKey[] = [],
  cause?: unknown,
): ConfigError {
  const others = known.length === 0 ? '' : ` (known: ${known.join(', ')})`;
  const hint = suggestion(key, known) || others;
  const place = [...group, shortName(key)].map(String).join('.');
  return new ConfigError(`option '${place}': no such option${hint}`, { cause });
}
