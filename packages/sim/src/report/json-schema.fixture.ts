import { z } from 'zod';

/** What is wrong with a value by a JSON Schema, as it was printed. */
export const problemsBy = (schema: unknown, value: unknown): string[] =>
  (
    z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema).safeParse(value).error?.issues ?? []
  ).map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
