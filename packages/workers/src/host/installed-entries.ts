import { packageFile } from '../package-file.js';
import type { HostEntries } from './hosts.js';
import { type NamedEntries, namedEntry } from './named-entry.js';

/**
 * The modules with which threads and processes start: those that a program names, or as they were
 * installed. The latter are found when the first is started, for a registry may have none.
 *
 * @throws {ConfigError} when one that is named cannot be one
 */
export function entriesFrom(named: NamedEntries): HostEntries {
  const entry = (option: keyof NamedEntries, path: string, specifier: string): (() => URL) => {
    const given = named[option];
    let url = given === undefined ? undefined : namedEntry(option, given);
    const remedy = `a program that is bundled names its own with createRegistry's option '${option}'`;
    return () => (url ??= packageFile(path, specifier, remedy));
  };
  return {
    worker: entry('workerEntry', './runtime/worker-entry.js', '@panoptes/workers/worker'),
    relay: entry('relayEntry', './process/relay/relay-entry.js', '@panoptes/workers/relay'),
    child: entry('processEntry', './process/child/child-entry.js', '@panoptes/workers/process'),
  };
}
