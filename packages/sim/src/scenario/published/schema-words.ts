import { z } from 'zod';
import type { JsonSchema } from '../file/schema-keys.js';
import { bytes, duration } from '../schema/quantities.js';

/** What values a plain schema takes, in a few words. */
export function typeWords(schema: JsonSchema): string {
  const { type, enum: words, const: fixed, pattern } = schema;
  if (fixed !== undefined) return `\`${String(fixed)}\``;
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (pattern !== undefined) return named.get(pattern) ?? 'text';
  switch (type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'number':
    case 'integer':
      return [type === 'integer' ? 'whole number' : 'number', limits(schema)].join(' ').trim();
    case 'array':
      return 'list';
    case 'object':
      return 'mapping';
    default:
      return 'anything';
  }
}

const patternOf = (schema: z.ZodType): string | undefined =>
  (z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as JsonSchema).pattern;

/** Forms of text that have a name. */
const named = new Map([
  [patternOf(duration()), 'duration'],
  [patternOf(bytes()), 'size'],
]);

/** Whole numbers this large stand for no limit. */
const unlimited = Number.MAX_SAFE_INTEGER;

function limits(schema: JsonSchema): string {
  const { minimum, maximum, exclusiveMinimum } = schema;
  const amount = (value: number): string => value.toLocaleString('en-US');
  const isOpen = maximum === undefined || maximum >= unlimited;
  if (exclusiveMinimum !== undefined) {
    return `above ${amount(exclusiveMinimum)}${isOpen ? '' : `, up to ${amount(maximum)}`}`;
  }
  if (minimum === undefined) return '';
  return isOpen ? `from ${amount(minimum)}` : `from ${amount(minimum)} to ${amount(maximum)}`;
}

/** The key that tells the branches of a union of mappings apart, and its value in this one. */
export function variantOf({ properties }: JsonSchema): readonly [string, string] | undefined {
  const fixed = Object.entries(properties ?? {}).find(
    ([, { const: value }]) => typeof value === 'string',
  );
  return fixed === undefined ? undefined : [fixed[0], String(fixed[1].const)];
}
