import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ProcessOptions, builtIn } from '@panoptes/workers';
import type { PlayedObserver } from '../../observers/observer-module.js';
import type { ScenarioSource } from '../file/scenario-file.js';
import { observerNames } from '../observer-roster.js';
import { pathBeside } from '../path-beside.js';
import { entryTerms } from '../schema/entry-terms.js';
import type { ObserverEntry } from '../schema/observers.js';
import type { ProcessEntry } from '../schema/process-entry.js';

/** The observers of an entry, as a run plays them. */
export function playedObservers(entry: ObserverEntry, { file }: ScenarioSource): PlayedObserver[] {
  const module =
    typeof entry === 'string'
      ? builtIn(entry)
      : 'use' in entry
        ? builtIn(entry.use)
        : pathToFileURL(resolve(pathBeside(file, entry.module)));
  const how = typeof entry === 'string' ? {} : chosen(entry, file);
  return observerNames(entry).map((name) => ({ name, module, ...how }));
}

/** What an entry says of how its observers are registered. */
function chosen(
  entry: Exclude<ObserverEntry, string>,
  file: string,
): Pick<PlayedObserver, 'options' | 'registration'> {
  const { options, memory, host, process } = entry;
  const terms = Object.fromEntries(
    Object.keys(entryTerms).map((term) => [term, entry[term as keyof typeof entryTerms]]),
  );
  return {
    options,
    registration: {
      ...terms,
      host,
      ...(memory !== undefined && { memoryLimitMb: inMegabytes(memory) }),
      ...(process !== undefined && { process: processOptions(process, file) }),
    },
  };
}

/** How a process is run, as a registration says it: paths are relative to the scenario's file. */
function processOptions(entry: ProcessEntry, file: string): ProcessOptions {
  const { permissions, residentLimit, env, cwd, ...rest } = entry;
  const paths = (given: readonly string[]) => given.map((path) => resolve(pathBeside(file, path)));
  return {
    ...rest,
    env: Object.fromEntries(env),
    ...(cwd !== undefined && { cwd: resolve(pathBeside(file, cwd)) }),
    ...(residentLimit !== undefined && { residentLimitMb: inMegabytes(residentLimit) }),
    ...(permissions !== undefined && {
      permissions: {
        ...permissions,
        read: paths(permissions.read),
        write: paths(permissions.write),
      },
    }),
  };
}

const inMegabytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20);
