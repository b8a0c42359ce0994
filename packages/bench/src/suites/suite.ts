import { takeAll } from '@panoptes/core';
import type { SuiteName } from '../bench-document.js';
import type { BenchPlan } from '../bench-plan.js';
import type { Contest, OpenEntrant } from '../contest.js';

/** A kind of measurement: one contest, or several one after the other. */
export interface Suite {
  readonly name: SuiteName;
  /** How to open its contests, each when the one before it is over. */
  contests(plan: BenchPlan): readonly (() => Promise<Contest>)[];
}

/** A contest among entrants that are opened for it, one after another, and closed with it. */
export async function openContest(
  openers: readonly (() => Promise<OpenEntrant>)[],
): Promise<Contest> {
  const entrants = await openAll(openers);
  return { entrants, close: () => closeAll(entrants) };
}

/** Opens things one after another; when one cannot be opened, closes those that were. */
export async function openAll<T extends { close(): Promise<void> }>(
  openers: readonly (() => Promise<T> | T)[],
): Promise<T[]> {
  const opened: T[] = [];
  try {
    for (const open of openers) opened.push(await open());
    return opened;
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

/** Closes all, the last one first. */
export async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  await takeAll(...[...opened].reverse().map((one) => () => one.close()));
}
