import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

/** @throws {ConfigError} when it is no transaction's number */
export const seqArgument = (seq: unknown): number => parseOptions(transaction, seq, 'seq');

/**
 * How long a caller wants to wait.
 *
 * @param otherwiseMs - unless the caller says so
 * @throws {ConfigError} when it is not a time
 */
export function waitLimitMs(options: unknown, otherwiseMs = usualMs): number {
  if (options === undefined) return otherwiseMs;
  return parseOptions(waitOptions, options, 'options').timeoutMs ?? otherwiseMs;
}

/**
 * How long to wait for an observer's own figures, and for what.
 *
 * @param otherwiseMs - unless the caller says so
 * @throws {ConfigError} when it is not a time, or no transaction's number
 */
export function metricsArguments(
  options: unknown,
  otherwiseMs: number,
): { readonly after: number; readonly timeoutMs: number } {
  const { after = 0, timeoutMs = otherwiseMs } =
    options === undefined ? {} : parseOptions(metricsOptions, options, 'options');
  return { after, timeoutMs };
}

const isTime = (value: unknown): boolean => typeof value === 'number' && value > 0;
const waitOptions = z.strictObject({
  timeoutMs: z
    .custom<number>(isTime, 'expected milliseconds above 0, or Infinity for no limit')
    .optional(),
});
const metricsOptions = z.strictObject({
  ...waitOptions.shape,
  after: z.int("expected a transaction's number").min(0).optional(),
});
const transaction = z.int("expected a transaction's number").min(0);

/** Unless there is a time for what is waited for. */
const usualMs = 30_000;
