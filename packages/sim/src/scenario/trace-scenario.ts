import { basename } from 'node:path';
import type { Override } from './file/scenario-document.js';
import type { ScenarioSource } from './file/scenario-file.js';

/**
 * The scenario that plays a recorded trace and does nothing else.
 *
 * @param trace - its path, relative to where the program runs; `-` is standard input
 * @param overrides - keys of the scenario that shall be otherwise
 */
export function traceScenario(trace: string, overrides: readonly Override[] = []): ScenarioSource {
  const name = (trace === '-' ? 'standard input' : basename(trace)).slice(0, mostName) || 'trace';
  const scenario = { version: 1, name, source: { trace } };
  return { file: 'replay', text: JSON.stringify(scenario, undefined, 2), overrides };
}

/** Longest name that a scenario may have, in characters. */
const mostName = 100;
