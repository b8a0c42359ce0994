import type { z } from 'zod';

/**
 * What a validator's issue expected, in words.
 *
 * @param object - what one calls an object where the value was written
 */
export function expectationOf(issue: z.core.$ZodIssue, object = 'an object'): string {
  // What a schema says itself is the most exact.
  if (issue.message.startsWith('expected ')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kindText(issue.expected, object)}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_union':
      return issue.errors.map((branch) => expectationOf(branch[0]!, object)).join('; or ');
    default:
      return issue.message;
  }
}

function kindText(kind: string, object: string): string {
  return kind === 'object' || kind === 'record' ? object : (kinds[kind] ?? kind);
}

const kinds: Readonly<Record<string, string>> = {
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

function amount(limit: number | bigint, origin: string): string {
  const unit = { string: 'character', array: 'item' }[origin];
  if (unit === undefined) return String(limit);
  return `${limit} ${unit}${Number(limit) === 1 ? '' : 's'}`;
}
