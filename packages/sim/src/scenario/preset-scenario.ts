import { weibull } from '../churn/distribution.js';
import { presetNamed } from '../churn/presets.js';
import type { Override } from './file/scenario-document.js';
import type { ScenarioSource } from './file/scenario-file.js';

/**
 * The scenario of a measured network: nothing but a steady network with its published figures. Peers
 * arrive, stay for a while, and come back; meanwhile each gives a sign of life, is measured or is
 * judged anew, one of the three a mean session on average.
 *
 * ```ts
 * const small = presetScenario('kad', [{ key: 'population.peers', value: 200 }]);
 * const { churn } = await prepareScenario(small);
 * ```
 *
 * @param name - of the preset
 * @param overrides - keys of the scenario that shall be otherwise; its paths are relative to where
 *   the program runs
 * @throws {ConfigError} when there is no preset of that name
 */
export function presetScenario(name: string, overrides: readonly Override[] = []): ScenarioSource {
  const { about, source, session, meanOnline, availability, durationMs } = presetNamed(name);
  const every = `${3 * weibull(session.shape, session.scaleMs).meanMs}ms`;
  const scenario = {
    version: 1,
    name,
    about: `${about}. ${source}.`,
    population: { peers: Math.round(meanOnline), availability },
    arrivals: name,
    sessions: name,
    updates: { heartbeat: { every }, metrics: { every }, trust: { every } },
    phases: [{ kind: 'steady', duration: `${durationMs}ms` }],
  };
  return { file: name, text: JSON.stringify(scenario, undefined, 2), overrides };
}
