import { z } from 'zod';
import { checkLevels } from '../../driver/check-level.js';
import { arrivals, sessions } from './distributions.js';
import { faults } from './faults.js';
import { observers } from './observers.js';
import { phases } from './phases.js';
import { population } from './population.js';
import { bytes, duration } from './quantities.js';
import { sweep } from './sweep.js';
import { thresholds } from './thresholds.js';
import { topology } from './topology.js';
import { traceSource } from './trace-source.js';
import { updates } from './updates.js';

/** A scenario with its defaults filled in and its quantities as numbers. */
export type Scenario = GeneratedScenario | RecordedScenario;

const head = {
  version: z.literal(1).describe('Version of this format.'),
  name: z.string().min(1).max(100).default('scenario').describe('What it is called in reports.'),
  about: z.string().max(2_000).default('').describe('What it shows, for those who read it.'),
  seed: z
    .union([z.string().min(1).max(100), z.int().min(0)])
    .default('1')
    .transform(String)
    .describe('What all chance follows from: equal seeds give equal runs.'),
};

/** What says which churn to generate: a recorded one says all that itself. */
const generation = {
  population: population.describe('Who takes part.'),
  arrivals: arrivals
    .prefault({ distribution: 'exponential' })
    .describe('Times between arrivals: a network whose figures are used, or a distribution.'),
  sessions: sessions
    .prefault('skype-superpeers')
    .describe('How long peers stay: a network whose figures are used, or a distribution.'),
  updates: updates
    .prefault({ heartbeat: { every: '1h' } })
    .describe('What changes while peers are online; each is off unless it is given.'),
  topology: topology
    .prefault({ model: 'random' })
    .describe('Whom a peer hears when it comes online.'),
  phases: phases.describe(
    'What the run goes through: one phase after the other, unless they say when they begin.',
  ),
};

const recording = {
  source: traceSource.describe(
    'A recorded trace that is played, instead of what would be generated: it goes with no `population`, ' +
      '`arrivals`, `sessions`, `updates`, `topology` and `phases`.',
  ),
};

const tail = {
  observers: observers
    .prefault(['kademlia', 'mesh', 'validators'])
    .describe('Who watches: names of built-ins, or more of each.'),
  faults: faults.prefault([]).describe('What is broken on purpose, on whom and when.'),
  registry: z
    .strictObject({
      log: bytes()
        .prefault('16MiB')
        .refine((size) => size >= 2 ** 20 && size <= 2 ** 30 && Number.isInteger(Math.log2(size)), {
          error: 'expected a power of two from 1MiB to 1GiB',
        })
        .describe('Size of the change log: a power of two from 1MiB to 1GiB.'),
      hangTimeout: duration()
        .refine((ms) => ms >= 1_000 && ms <= 86_400_000 && Number.isInteger(ms), {
          error: 'expected a time from 1s to 1d, in whole milliseconds',
        })
        .optional()
        .describe(
          'How long an observer may be busy with one thing before it is taken for hung, from 1s; ' +
            'the registry’s default unless given.',
        ),
    })
    .prefault({})
    .describe('Options of the registry.'),
  checks: z
    .strictObject({
      level: z
        .enum(checkLevels)
        .default('full')
        .describe(
          'How much is checked: all of it; or nothing, but with the digests that two runs can be ' +
            'compared by; or nothing at all.',
        ),
      model: z
        .boolean()
        .default(true)
        .describe(
          'At level full, compare with the plain model, which holds every peer again; otherwise with observers ' +
            'that start afresh at the end, which takes no memory that grows.',
        ),
      every: duration()
        .optional()
        .describe(
          'Virtual time between two samples of the series; 1/300 of the run unless given, and of a ' +
            'trace whose length is not known before, as often as gives 150 to 300.',
        ),
    })
    .prefault({})
    .describe('How the run is watched.'),
  thresholds: thresholds
    .prefault({})
    .describe('Conditions on figures of the summary; one that does not hold makes exit code 99.'),
  sweep: sweep.optional().describe('Runs with other values, for `panoptes sweep`.'),
};

/** A scenario whose churn is generated. */
export const generatedScenario = z.strictObject({ ...head, ...generation, ...tail });

/** A scenario whose churn was recorded. */
export const recordedScenario = z.strictObject({ ...head, ...recording, ...tail });

/**
 * A scenario: what a run simulates, and what is expected of it. The single source of the validator,
 * of the published JSON Schema, of the file that `panoptes init` writes, and of docs/SCENARIOS.md.
 * Here are all keys that either kind may have.
 */
export const scenarioSchema = z
  .strictObject({
    ...head,
    source: recording.source.optional(),
    ...generation,
    population: generation.population.optional(),
    phases: generation.phases.optional(),
    ...tail,
  })
  .describe('A scenario of Panoptes: what a run simulates, and what is expected of it.');

/** Keys that say which churn to generate. */
export const generationKeys = Object.keys(generation);

/** A scenario whose churn is generated, with its defaults filled in and its quantities as numbers. */
export type GeneratedScenario = z.output<typeof generatedScenario>;

/** The same of one whose churn was recorded. */
export type RecordedScenario = z.output<typeof recordedScenario>;
