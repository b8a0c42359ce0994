import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, ObserverError, ObserverStartError } from '@panoptes/core';
import { ModelError } from '../../model/model-error.js';
import { scenarioError, type ScenarioSource } from '../file/scenario-file.js';
import { observerNames } from '../observer-roster.js';
import { pathBeside } from '../path-beside.js';
import type { ObserverEntry } from '../schema/observers.js';
import type { Scenario } from '../schema/scenario.js';

/**
 * An error that an observer is to blame for, since it cannot be loaded or cannot start, as one with the
 * observer's place in the scenario; any other as it is.
 */
export function atObserver(error: unknown, source: ScenarioSource, scenario: Scenario): unknown {
  if (!(error instanceof ModelError || error instanceof ObserverStartError)) return error;
  const { observer } = error;
  if (observer === undefined) return error;
  const at = scenario.observers.findIndex((entry) => observerNames(entry).includes(observer));
  const entry = scenario.observers[at];
  if (entry === undefined) return error;
  const finding =
    error instanceof ModelError
      ? { path: ['observers', at, 'module'], message: loadProblem(error, entry, source) }
      : { path: ['observers', at], message: startProblem(error) };
  return scenarioError(source, [finding], { cause: error });
}

function startProblem({ cause, message }: ObserverStartError): string {
  const isAboutOptions =
    cause instanceof ConfigError ||
    (cause instanceof ObserverError && cause.remoteCode === 'CONFIG_INVALID');
  return isAboutOptions ? cause.message : message;
}

/** Advice for an observer: what starts threads while it is loaded is rather a program of its own. */
const vainAdvice = /; register it with ownThreads: true to allow it$/;

/** Why a module cannot be loaded, with its file: what its code throws names none, or another. */
function loadProblem(error: ModelError, entry: ObserverEntry, { file }: ScenarioSource): string {
  const reason = error.message.replace(vainAdvice, '');
  if (typeof entry === 'string' || 'use' in entry) return `cannot be loaded: ${reason}`;
  const path = pathBeside(file, entry.module);
  const whole = resolve(path);
  const namesFile = [whole, pathToFileURL(whole).href].some((name) => reason.includes(name));
  return namesFile
    ? `cannot be loaded: ${reason}`
    : `cannot be loaded: expected a default export made by defineObserver, but ${path} failed: ${reason}`;
}
