import { z } from 'zod';
import { ConfigError, describe } from './errors.js';
import { suggestion } from './misspelling.js';

/**
 * Checks a value against a schema.
 *
 * @param what - what the value is, for the message
 * @throws {ConfigError} naming the first bad place
 */
export function parseOptions<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  let parsed: z.ZodSafeParseResult<z.output<Schema>>;
  let got: string;
  try {
    parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    got = given(value, parsed.error.issues[0]!);
  } catch (cause) {
    throw new ConfigError(`${what}: expected what can be read; it threw`, { cause });
  }
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    const known = keysOf(schema, issue.path);
    const others = known.length === 0 ? '' : ` (known: ${known.join(', ')})`;
    const hint = suggestion(key, known) || others;
    const place = [...issue.path, key].map(String).join('.');
    throw new ConfigError(`option '${place}': no such option${hint}`, { cause: parsed.error });
  }
  const path = issue.path.map(String).join('.');
  throw new ConfigError(`${path === '' ? what : `option '${path}'`}: ${issue.message}${got}`, {
    cause: parsed.error,
  });
}

/** What stands where an issue is. */
function given(value: unknown, { path }: z.core.$ZodIssue): string {
  const inner = path.reduce<unknown>(
    (outer, key) => (outer as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  return `, got ${describe(inner)}`;
}

/** The keys that an object has at a path of a schema, whatever defaults are wrapped around it. */
function keysOf(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  const inner = unwrapped(schema);
  if (!(inner instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape);
  const member = shape[String(key)];
  return member === undefined ? [] : keysOf(member, rest);
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  const { def } = schema._zod;
  if ('innerType' in def) return unwrapped(def.innerType as z.core.$ZodType);
  return 'in' in def ? unwrapped(def.in as z.core.$ZodType) : schema;
}
