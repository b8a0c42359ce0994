import { describe, messageOf } from '@panoptes/core';
import { z } from 'zod';
import { TraceError, type TracePosition } from './trace-error.js';
import { traceText } from './trace-text.js';

const expectedInstant = 'expected an ISO 8601 time with a zone';

/**
 * A moment in a trace: ISO 8601 with a zone, which may be `+0000`, read as Unix milliseconds. Times
 * before 1970 are 0: programs in Go write the year 1 for what has never been.
 */
export const instant = z
  .string({ error: expectedInstant })
  .transform((text) => text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  .pipe(z.iso.datetime({ offset: true, error: expectedInstant }))
  .transform((text) => Math.max(0, Date.parse(text)));

/** 32 bytes as lowercase hex. */
export const nodeIdHex = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'expected 64 lowercase hex characters' });

/**
 * Parses JSON and checks its fields.
 *
 * @param bytes - the JSON
 * @param position - where it is; the error adds the field
 * @throws {TraceError} when it is no text, no JSON, or a field is not as the schema has it
 */
export function parseFields<T>(schema: z.ZodType<T>, bytes: Buffer, position: TracePosition): T {
  const text = traceText(bytes, position);
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
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  );
  const path = [...(position.field === undefined ? [] : [position.field]), ...issue.path];
  throw new TraceError(
    { ...position, field: path.length === 0 ? undefined : path.map(String).join('.') },
    `${issue.message}, got ${describe(given)}`,
  );
}
