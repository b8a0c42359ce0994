import { gzipSync } from 'node:zlib';
import { type Clock, messageOf } from '@panoptes/core';
import type { TakenTask, WorkServer } from '@panoptes/cluster';
import type { RunPool } from './run-pool.js';
import { readRun, type SentRun } from './sweep-job.js';
import type { SweepResult } from './sweep-journal.js';
import { type TakenSweep, type WorkerDesk, isGoneWork } from './worker-desk.js';
import type { TellWorker } from './worker-events.js';

/**
 * Takes runs of sweeps, several at a time, until it is told to end or was idle for so long. A run that is under
 * way when it is told to is given back.
 *
 * @returns how many runs it has done
 */
export async function workOn(desk: WorkerDesk, options: WorkOptions): Promise<number> {
  const { clock, signal, slots, idleExitMs } = options;
  const idle = new AbortController();
  const ending = AbortSignal.any([signal, idle.signal]);
  const busy = { slots: 0, since: clock.monotonic(), runs: 0 };
  const looking = (async () => {
    while (!ending.aborted) {
      await desk.look();
      if (busy.slots === 0 && clock.monotonic() - busy.since >= idleExitMs) idle.abort();
      await pause(clock, lookMs, ending);
    }
  })();
  const slot = async (): Promise<void> => {
    while (!ending.aborted) {
      const sweep = desk.next();
      if (sweep === undefined) {
        await pause(clock, waitMs, ending);
        continue;
      }
      const task = await takeFrom(sweep, desk, ending);
      if (task === undefined) continue;
      busy.slots++;
      try {
        if (await doTask(sweep, task, options)) busy.runs++;
      } finally {
        busy.slots--;
        busy.since = clock.monotonic();
      }
    }
  };
  // One that fails ends the others.
  const failing = <Part>(part: Promise<Part>): Promise<Part> =>
    part.catch((error: unknown) => {
      const isEnd = ending.aborted;
      idle.abort();
      if (isEnd) return undefined as Part;
      throw error;
    });
  const parts = [looking, ...Array.from({ length: slots }, slot)].map(failing);
  const ends = await Promise.allSettled(parts);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return busy.runs;
}

/** How a worker works. */
export interface WorkOptions {
  readonly server: WorkServer;
  readonly pool: RunPool;
  readonly clock: Clock;
  readonly tell: TellWorker;
  readonly signal: AbortSignal;
  /** Runs at a time. */
  readonly slots: number;
  readonly allowModules: boolean;
  /** How long it waits for another run, in milliseconds. */
  readonly idleExitMs: number;
}

async function takeFrom(
  sweep: TakenSweep,
  desk: WorkerDesk,
  signal: AbortSignal,
): Promise<TakenTask | undefined> {
  try {
    return await sweep.share.take(signal);
  } catch (error) {
    if (!isGoneWork(error)) throw error;
    desk.leave(sweep.share.id);
    return undefined;
  }
}

/** @returns whether it was done, and not given back */
async function doTask(sweep: TakenSweep, task: TakenTask, options: WorkOptions): Promise<boolean> {
  const { clock, tell } = options;
  const startedAt = clock.monotonic();
  let named = { sweep: sweep.job.name, run: task.key ?? 0, seed: '' };
  try {
    let result: SweepResult | undefined;
    try {
      const run = readRun(task.data);
      named = { ...named, run: run.index, seed: run.seed };
      tell({ event: 'took', ...named });
      result = await resultOf(sweep, task, run, options);
    } catch (error) {
      if (options.signal.aborted) result = undefined;
      else result = { index: named.run, seed: named.seed, failure: messageOf(error) };
    }
    if (result === undefined) {
      const late = new AbortController();
      const cancel = clock.after(giveBackMs, () => late.abort(), { background: true });
      await task.giveBack(late.signal).finally(cancel);
      tell({ event: 'gave back', ...named });
      return false;
    }
    await task.finish(packed(result, task.mostBytes));
    const { run, failure } = result;
    const ms = Math.round(clock.monotonic() - startedAt);
    tell({ event: 'finished', ...named, ms, verdict: run?.verdict, failure });
    return true;
  } catch (error) {
    if (!isGoneWork(error) && !options.signal.aborted) throw error;
    tell({ event: 'dropped', ...named });
    return false;
  }
}

/** Undefined when it was interrupted. */
async function resultOf(
  sweep: TakenSweep,
  task: TakenTask,
  run: SentRun,
  { pool, clock, signal, allowModules }: WorkOptions,
): Promise<SweepResult | undefined> {
  if (run.job !== sweep.hash) {
    throw new Error(`it is of a job with hash ${run.job}, and the sweep's has ${sweep.hash}`);
  }
  if (task.lost >= mostLost) {
    throw new Error(`${task.lost} workers that had it ended, or were not heard of again`);
  }
  return sweep.withFiles(async (folder) => {
    const source = folder.sourceOf(run, allowModules);
    const { reading, timeLimitMs } = sweep.job;
    const result = await pool.run(run, { source, reading, timeLimitMs }, { clock, signal });
    return result && folder.translated(result);
  });
}

/** A result as it is sent; one that is larger than that may be is none. */
function packed(result: SweepResult, mostBytes: number): Uint8Array {
  const bytes = gzipSync(JSON.stringify(result));
  if (bytes.length <= mostBytes) return bytes;
  const failure =
    `its figures have ${bytes.length} bytes, and a message at most ${mostBytes}: ` +
    'raise max_payload of the server';
  return gzipSync(JSON.stringify({ index: result.index, seed: result.seed, failure }));
}

const pause = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(delayMs, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });

/** A run that has ended so many workers is not tried again. */
const mostLost = 3;
const lookMs = 1_000;
const waitMs = 100;
const giveBackMs = 5_000;
