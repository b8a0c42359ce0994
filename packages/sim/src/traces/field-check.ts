import { describe } from '@panoptes/core';
import { z } from 'zod';
import { messageOf, TraceError, type TracePosition } from './trace-error.js';

/** A moment in a trace: ISO 8601 with a zone, read as Unix milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 time with a zone' })
  .transform((text) => Date.parse(text));

/** 32 bytes as lowercase hex. */
export const nodeIdHex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'expected 64 lowercase hex characters' });

/**
 * Parses JSON and checks its fields.
 *
 * @param position - where the text is; the error adds the field
 * @throws {TraceError} when it is no JSON or a field is not as the schema has it
 */
export function parseFields<T>(schema: z.ZodType<T>, text: string, position: TracePosition): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TraceError(position, `expected JSON, got ${describe(text)} (${messageOf(error)})`, {
      cause: error,
    });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const given = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  );
  const path = [...(position.field === undefined ? [] : [position.field]), ...issue.path];
  throw new TraceError(
    { ...position, field: path.length === 0 ? undefined : path.map(String).join('.') },
    `${issue.message}, got ${describe(given)}`,
  );
}
