import { z } from 'zod';
import { ConfigError, PanoptesError, describe } from './errors.js';
import { isA } from './error-of.js';
import { expectationOf } from './expectation.js';
import { suggestion } from './misspelling.js';
import { ownRecord } from './own-record.js';
import { noSuchOption } from './read-options.js';

/**
 * Checks a value against a schema. What is read of it is what the schema knows, each part once.
 *
 * @param what - what the value is, for the message
 * @throws {ConfigError} naming the first bad place
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  let problem: ConfigError;
  try {
    const own = ownOptions(schema, value, what, '');
    const parsed = schema.safeParse(own);
    if (parsed.success) return parsed.data;
    // Only now is it made, and asks of a value what it is.
    problem = problemOf(schema, own, parsed.error, what);
  } catch (cause) {
    if (isA(cause, PanoptesError)) throw cause;
    throw new ConfigError(`${what}: expected what can be read; it threw`, { cause });
  }
  throw problem;
}

/** No list of options is as long; one that is nothing but holes may have any length. */
const longestList = 10_000;

/** Names the first bad place, what is expected there, and what came. */
function problemOf(
  schema: z.core.$ZodType,
  own: unknown,
  cause: z.core.$ZodError,
  what: string,
): ConfigError {
  const issue = cause.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    return noSuchOption(key, keysOf(schema, issue.path), issue.path, cause);
  }
  const path = issue.path.map(String).join('.');
  const expected = rangeAt(schema, issue) ?? expectationOf(issue);
  const got = valueAt(own, issue.path);
  const hint = issue.code === 'invalid_value' ? suggestion(got, issue.values.map(String)) : '';
  const said = isSecret(schema, issue.path) ? withoutContent(got) : describe(got);
  const message = `${placeOf(what, path)}: ${expected}, got ${said}${hint}`;
  return new ConfigError(message, { cause });
}

/** Whether an option has been marked as one that holds a secret: `.meta({ secret: true })`. */
function isSecret(schema: z.core.$ZodType, path: readonly PropertyKey[]): boolean {
  const option = memberAt(schema, path.slice(0, 1));
  return option !== undefined && z.globalRegistry.get(option)?.['secret'] === true;
}

const withoutContent = (secret: unknown): string =>
  typeof secret === 'object' || secret === undefined
    ? describe(secret)
    : `a ${typeof secret}, which is not shown`;

/** Both ends of what a number may be, where it is beyond one of them and has both. */
function rangeAt(schema: z.core.$ZodType, issue: z.core.$ZodIssue): string | undefined {
  if (issue.code !== 'too_small' && issue.code !== 'too_big') return undefined;
  const member = memberAt(schema, issue.path);
  if (issue.message.startsWith('expected ') || member === undefined) return undefined;
  if (!(member instanceof z.ZodNumber) || issue.inclusive === false) return undefined;
  const { minValue, maxValue } = member;
  if (minValue === null || maxValue === null || minValue <= Number.MIN_SAFE_INTEGER) {
    return undefined;
  }
  return maxValue < Number.MAX_SAFE_INTEGER
    ? `expected a number from ${minValue} to ${maxValue}`
    : `expected a number from ${minValue} on`;
}

const placeOf = (what: string, path: string): string => (path === '' ? what : `option '${path}'`);

/** Copies what a schema knows of options, so that each part is read once and none is too long. */
function ownOptions(schema: z.core.$ZodType, value: unknown, what: string, path: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const inner = unwrapped(schema);
  const at = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const size: unknown = value.length;
    if (typeof size !== 'number' || !(size <= longestList)) {
      const expected = `expected a list of at most ${longestList}`;
      throw new ConfigError(`${placeOf(what, path)}: ${expected}, got ${describe(value)}`);
    }
    const ownItem = (_: unknown, place: number) =>
      ownOptions(inner.element, value[place], what, at(String(place)));
    return Array.from({ length: size }, ownItem);
  }
  if (!(inner instanceof z.ZodObject)) return value;
  const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
  const options = ownRecord(value, placeOf(what, path), Object.keys(shape));
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const member = Object.hasOwn(shape, key) ? shape[key] : undefined;
      return [key, member === undefined ? option : ownOptions(member, option, what, at(key))];
    }),
  );
}

/** What stands where an issue is. */
const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (outer, key) => (outer as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );

/** The keys that an object has at a path of a schema, whatever defaults are wrapped around it. */
function keysOf(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = memberAt(schema, path);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

/** The schema at a path of another, without defaults that are wrapped around it. */
function memberAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  const inner = unwrapped(schema);
  const [key, ...rest] = path;
  if (key === undefined) return inner;
  if (inner instanceof z.ZodArray) return memberAt(inner.element, rest);
  if (!(inner instanceof z.ZodObject)) return undefined;
  const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
  const member = Object.hasOwn(shape, key) ? shape[String(key)] : undefined;
  return member === undefined ? undefined : memberAt(member, rest);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod;
  if ('innerType' in def) return unwrapped(def.innerType as z.core.$ZodType);
  return 'in' in def ? unwrapped(def.in as z.core.$ZodType) : schema;
}

/**
 * What may be given for options, some of which are groups of their own; made from their own names, so
 * that editors find their comments. It is conditional so that they show its result.
 */
export type Given<Options, Groups = unknown> = Options extends unknown
  ? {
      readonly [Name in keyof Options]?:
        (Name extends keyof Groups ? Given<Groups[Name]> : z.input<Options[Name]>) | undefined;
    }
  : never;
