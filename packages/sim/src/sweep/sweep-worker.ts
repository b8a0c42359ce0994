import { systemClock } from '@panoptes/core';
import type { Reading } from '../input/reading.js';
import { startLocalModel } from '../driver/local-model.js';
import { openRegistry } from '../driver/open-registry.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { failureReason } from '../report/run-text.js';
import type { ObserverEntry } from '../scenario/schema/observers.js';
import { prepareScenario, runScenario } from '../scenario/run/scenario-run.js';
import type { SweepFigures } from './sweep-journal.js';

/** One run of a sweep, on a thread of the pool. What it throws, its caller gets. */
export default async function runTask({ source, reading }: SweepWork): Promise<SweepFigures> {
  const prepared = await prepareScenario(source, reading);
  const run = await runScenario(prepared, {
    clock: systemClock,
    openRegistry,
    startModel: prepared.scenario.observers.every(isBuiltIn) ? startLocalModel : undefined,
    speed: Number.POSITIVE_INFINITY,
  });
  // One that ended early has figures of another time than the others.
  if (run.failure !== undefined)
    throw new Error(`the run ended early, ${failureReason(run.failure)}`);
  // The course and the scenario would swell the journal, and what asked for the run has the latter.
  const kept = Object.entries(run).filter(([key]) => key !== 'series' && key !== 'scenario');
  return Object.fromEntries(kept) as unknown as SweepFigures;
}

/** What a run of a sweep is of, and how the files that it names are read. */
export interface SweepWork {
  readonly source: ScenarioSource;
  readonly reading: Reading;
}

const isBuiltIn = (entry: ObserverEntry): boolean => typeof entry === 'string' || 'use' in entry;
