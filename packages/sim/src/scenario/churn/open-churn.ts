import type { ChurnSource } from '../../churn/churn-source.js';
import { type Reading, usualReading } from '../../input/reading.js';
import { readTrace } from '../../traces/read-trace.js';
import type { Scenario } from '../schema/scenario.js';
import { pathBeside } from '../path-beside.js';
import { inputFiles, readInputs } from './recorded-inputs.js';
import { scenarioChurn } from './scenario-churn.js';

/**
 * The churn of a scenario: what it generates, or what its trace holds.
 *
 * @param file - the scenario's own; paths are relative to its folder
 * @throws {TraceError} when a file that it names cannot be read
 */
export async function openChurn(
  scenario: Scenario,
  file: string,
  reading: Reading = usualReading,
): Promise<ChurnSource> {
  if ('source' in scenario) return readTrace(traceOf(scenario.source.trace, file), reading);
  return scenarioChurn(scenario, await readInputs(scenario, file, reading));
}

/** The files that a scenario's churn is read from; `-` is standard input. */
export const churnFiles = (scenario: Scenario, file: string): string[] =>
  'source' in scenario ? [traceOf(scenario.source.trace, file)] : inputFiles(scenario, file);

const traceOf = (trace: string, file: string): string =>
  trace === '-' ? trace : pathBeside(file, trace);
