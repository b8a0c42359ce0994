import { messageOf } from '@panoptes/core';
import { NoTextError, readTextFile } from '../../input/text-file.js';
import { generatedScenario, recordedScenario, type Scenario } from '../schema/scenario.js';
import { consistencyIssues } from '../schema/consistency.js';
import { clashingKeys, isRecorded } from './clashing-keys.js';
import { type Finding, findingsOf } from './issue-messages.js';
import { lostKeys } from './lost-keys.js';
import { mostScenarioBytes, type Override, ScenarioDocument } from './scenario-document.js';
import { ScenarioError, type ScenarioProblem } from './scenario-error.js';

/** A scenario's text and where it came from: all that a run needs to be repeated. */
export interface ScenarioSource {
  /** The file; paths in the scenario are relative to its folder. */
  readonly file: string;
  readonly text: string;
  /** Keys set from outside, in order. */
  readonly overrides: readonly Override[];
}

/**
 * Reads a scenario's file.
 *
 * @param file - its path; `-` is standard input
 * @throws {ScenarioError} when it cannot be read
 */
export function readScenarioSource(
  file: string,
  overrides: readonly Override[] = [],
): ScenarioSource {
  try {
    return { file, text: readTextFile(file, mostScenarioBytes), overrides };
  } catch (cause) {
    const place = cause instanceof NoTextError ? { line: cause.line } : {};
    const problem = { ...place, key: '', message: `cannot be read: ${messageOf(cause)}` };
    throw new ScenarioError(file, [problem], { cause });
  }
}

/**
 * Checks a scenario and fills in its defaults.
 *
 * @throws {ScenarioError} naming everything that is wrong, with line, column, key and how to mend it
 */
export function parseScenario(source: ScenarioSource): Scenario {
  const document = open(source);
  const value = document.value();
  const unheeded = [...lostKeys(value), ...clashingKeys(value)];
  if (unheeded.length > 0) throw refusal(document, unheeded);
  const parsed = (isRecorded(value) ? recordedScenario : generatedScenario).safeParse(value);
  const findings = parsed.success
    ? consistencyIssues(parsed.data)
    : findingsOf(parsed.error.issues, value);
  if (parsed.success && findings.length === 0) return parsed.data;
  throw refusal(document, findings);
}

/**
 * What is found out about a scenario later than when it is checked, as an error with its place.
 *
 * @param findings - at least one, each with the path of the key that is to blame
 */
export function scenarioError(
  source: ScenarioSource,
  findings: readonly Finding[],
  options?: ErrorOptions,
): ScenarioError {
  return refusal(open(source), findings, options);
}

function open({ file, text, overrides }: ScenarioSource): ScenarioDocument {
  const document = new ScenarioDocument(file, text);
  document.set(overrides);
  return document;
}

function refusal(
  document: ScenarioDocument,
  findings: readonly Finding[],
  options?: ErrorOptions,
): ScenarioError {
  const problems = findings.map((finding) => located(document, finding)).sort(byPlace);
  return new ScenarioError(document.file, problems, options);
}

const located = (document: ScenarioDocument, { path, message }: Finding): ScenarioProblem => ({
  ...document.placeOf(path),
  key: path.map(String).join('.'),
  message,
});

const byPlace = (a: ScenarioProblem, b: ScenarioProblem): number =>
  (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
