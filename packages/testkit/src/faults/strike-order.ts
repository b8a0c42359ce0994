import { parseOptions } from '@panoptes/core';
import { z } from 'zod';

/** An order, all defaults filled in. */
export type StrikeOrder = z.output<typeof orderSchema>;

/** What an observer is to do, when, and in which of its incarnations. */
const orderSchema = z.strictObject({
  /** Name of the fault. */
  fault: z.string(),
  /** It behaves until this transaction is there to be handled; 0 for whichever comes first. */
  at: z.int().min(0).default(0),
  /** It behaves for so many milliseconds of each incarnation. */
  afterMs: z.number().min(0).default(0),
  /** How long the fault takes, in milliseconds, for those that take a time; else the fault's own. */
  ms: z.number().positive().optional(),
  /** The first incarnation that is struck, from 1. */
  firstIncarnation: z.int().min(1).default(1),
  /** The last incarnation that is struck: the first unless the fault is to come back. */
  lastIncarnation: z.int().min(1).optional(),
});

/** An order as it is given. */
export type StrikeOrderInput = z.input<typeof orderSchema>;

/**
 * Checks an order and fills in the defaults.
 *
 * @throws {ConfigError} naming what is wrong
 */
export const readOrder = (input: unknown): StrikeOrder =>
  parseOptions(orderSchema, input, 'an order to misbehave');

/** Whether an order is meant for an incarnation. */
export const concerns = (
  { firstIncarnation, lastIncarnation = firstIncarnation }: StrikeOrder,
  incarnation: number,
): boolean => incarnation >= firstIncarnation && incarnation <= lastIncarnation;
