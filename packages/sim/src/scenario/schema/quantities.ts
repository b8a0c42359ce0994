import { z } from 'zod';
import { byteSize, byteSizeForm, expectedByteSize } from '../../input/byte-size.js';
import {
  durationForm,
  durationMs,
  expectedDuration,
  expectedMoment,
  momentMs,
} from '../../time/duration.js';

/** A duration such as `100ms` or `1h30m`, read as milliseconds above 0. */
export const duration = () => quantity(durationForm, expectedDuration, durationMs);

/** A time since a start, such as `0s` or `1h30m`, read as milliseconds from 0 on. */
export const moment = () => quantity(durationForm, expectedMoment, momentMs);

/** A text with a unit that is read as a number; the JSON Schema keeps the text's form. */
const quantity = (form: RegExp, expected: string, read: (text: string) => number | undefined) =>
  z
    .string(expected)
    .regex(form, expected)
    .transform((text, context) => {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue(expected);
      return z.NEVER;
    });

/** A size such as `64MiB`, read as bytes above 0. */
export const bytes = () => quantity(byteSizeForm, expectedByteSize, byteSize);

/** A share of a whole: from 0 to 1. */
export const share = () => z.number().min(0).max(1);

/** A share that is not nothing. */
export const someShare = () => z.number().gt(0).max(1);

/** A whole number of things. */
export const count = (least: number, most: number) => z.int().min(least).max(most);

/** What an actor is called: it names its random numbers, so renaming one changes its course. */
export const actorName = () =>
  z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      'expected lowercase letters, digits and hyphens, 63 at most',
    );

/** A file, relative to the scenario's own. */
export const path = () => z.string().min(1).max(4096);
