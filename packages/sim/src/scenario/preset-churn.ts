import { parseOptions } from '@panoptes/core';
import { z } from 'zod';
import type { ChurnSource } from '../churn/churn-event.js';
import { weibull } from '../churn/distribution.js';
import { presetNamed } from '../churn/presets.js';
import type { Reading } from '../input/reading.js';
import { readInputs } from './churn/recorded-inputs.js';
import { scenarioChurn } from './churn/scenario-churn.js';
import { parseScenario } from './file/scenario-file.js';

/** Which measured network to generate the churn of, and how much of it. */
export interface PresetChurnOptions {
  /** Name of the preset. */
  readonly preset: string;
  /** Mean number of peers online, 1 or more; the network's, rounded, unless given. */
  readonly peers?: number | undefined;
  readonly seed: string;
  /** Virtual milliseconds; the network's own span unless given. */
  readonly durationMs?: number | undefined;
  /** File of a recorded trace whose sessions are drawn, instead of the network's. */
  readonly sessions?: string | undefined;
  /** How that trace is read. */
  readonly reading?: Reading | undefined;
}

/** Any, for which are in range the scenario says, by its own key. */
const aNumber = z.custom<number>((value) => typeof value === 'number', 'expected a number');

/** What is given of a network. */
const churnOptions = z.strictObject({
  preset: z.string(),
  peers: aNumber.optional(),
  seed: z.string(),
  durationMs: aNumber.optional(),
  sessions: z.string().optional(),
  reading: z.custom<Reading>(() => true).optional(),
});

/**
 * Generates churn like that of a measured network: what a scenario of nothing but a steady network
 * with its figures generates. Peers arrive, stay for a while, and come back; meanwhile each gives a
 * sign of life, is measured or is judged anew, one of the three a mean session on average.
 *
 * @throws {ConfigError} when there is no preset of that name, or an option is of another type
 * @throws {ScenarioError} when another option is not as it should be; it names the scenario's key
 * @throws {TraceError} when the trace cannot be read
 */
export async function presetChurn(options: PresetChurnOptions): Promise<ChurnSource> {
  const { preset: name, seed, sessions, ...size } = parseOptions(churnOptions, options, 'options');
  const preset = presetNamed(name);
  const peers = size.peers ?? Math.round(preset.meanOnline);
  const { shape, scaleMs } = preset.session;
  const every = `${3 * weibull(shape, scaleMs).meanMs}ms`;
  const text = JSON.stringify({
    version: 1,
    seed,
    population: { peers, availability: preset.availability },
    arrivals: name,
    sessions: sessions === undefined ? name : { distribution: 'empirical', trace: sessions },
    updates: { heartbeat: { every }, metrics: { every }, trust: { every } },
    phases: [{ kind: 'steady', duration: `${size.durationMs ?? preset.durationMs}ms` }],
  });
  const scenario = parseScenario({ file: name, text, overrides: [] });
  const network = sessions === undefined ? name : `${name}, sessions of ${sessions}`;
  return {
    // As if it lay where the program runs: the trace's path is relative to that.
    ...scenarioChurn(scenario, await readInputs(scenario, name, size.reading)),
    name: `${network}, ${peers} peers, seed ${seed}`,
    kind: 'generated churn',
  };
}
