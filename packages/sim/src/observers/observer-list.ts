import { ConfigError, describe, suggestion } from '@panoptes/core';
import { type HostName, builtInNames, hostNames } from '@panoptes/workers';

/**
 * Reads a list of observers, such as `kademlia,mesh` or `kademlia*4,mesh@process`: with a count, the
 * instances are named `kademlia-1`, `kademlia-2` and so on; with a host, that is where they run.
 *
 * @throws {ConfigError} when an observer is unknown or named twice
 */
export function parseObserverList(text: string): ListedObserver[] {
  const observers: ListedObserver[] = [];
  const kinds = new Set<string>();
  for (const item of text.split(',')) {
    const [, name, countText, hostName] =
      /^\s*([a-z-]+)\s*(?:\*\s*(\d{1,3}))?\s*(?:@\s*([a-z]+))?\s*$/.exec(item) ?? [];
    const kind = builtInNames.find((known) => known === name);
    const count = Number(countText ?? 1);
    const host = hostNames.find((known) => known === hostName);
    if (kind === undefined || count === 0) {
      throw new ConfigError(
        `--observers: expected names from ${builtInNames.join(', ')} with commas between them, ` +
          `each with a count if there shall be several, as in kademlia*4, got ${describe(item)}` +
          suggestion(name, builtInNames),
      );
    }
    if (hostName !== undefined && host === undefined) {
      throw new ConfigError(
        `--observers: expected one of ${hostNames.join(', ')} behind '@', as in kademlia@process, ` +
          `got ${describe(hostName)}${suggestion(hostName, hostNames)}`,
      );
    }
    if (kinds.has(kind)) {
      throw new ConfigError(
        `--observers: expected each name once, got ${describe(kind)} again; ` +
          `give a count for several, as in ${kind}*2`,
      );
    }
    kinds.add(kind);
    const several = countText === undefined ? {} : { count };
    const isPlain = countText === undefined && host === undefined;
    observers.push(isPlain ? kind : { use: kind, ...several, ...(host !== undefined && { host }) });
  }
  return observers;
}

/** Built-in observers as a scenario lists them. */
export type ListedObserver =
  | (typeof builtInNames)[number]
  | {
      readonly use: (typeof builtInNames)[number];
      readonly count?: number;
      readonly host?: HostName;
    };
