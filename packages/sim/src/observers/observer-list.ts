import { ConfigError, describe, suggestion } from '@panoptes/core';
import { builtInNames as builtInObservers } from '@panoptes/workers';

/** The observers that come with Panoptes. */
export { builtInObservers };
export type BuiltInObserver = (typeof builtInObservers)[number];

/** An observer to register: which, and under what name. */
export interface NamedObserver {
  readonly name: string;
  readonly kind: BuiltInObserver;
}

/** The registry takes 50 observers by default, and one place is the log digest's. */
const mostObservers = 49;

/**
 * Reads a list of observers, such as `kademlia,mesh` or `kademlia*4,mesh*4`: with a count, the
 * instances are named `kademlia-1`, `kademlia-2` and so on.
 *
 * @throws {ConfigError} when an observer is unknown or named twice, or there are too many
 */
export function parseObserverList(text: string): NamedObserver[] {
  const observers: NamedObserver[] = [];
  const kinds = new Set<string>();
  for (const item of text.split(',')) {
    const [, name, countText] = /^\s*([a-z-]+)\s*(?:\*\s*(\d{1,3}))?\s*$/.exec(item) ?? [];
    const kind = builtInObservers.find((known) => known === name);
    const count = Number(countText ?? 1);
    if (kind === undefined || count === 0) {
      throw new ConfigError(
        `--observers: expected names from ${builtInObservers.join(', ')} with commas between them, ` +
          `each with a count if there shall be several, as in kademlia*4, got ${describe(item)}` +
          suggestion(name, builtInObservers),
      );
    }
    if (kinds.has(kind)) {
      throw new ConfigError(
        `--observers: expected each name once, got ${describe(kind)} again; ` +
          `give a count for several, as in ${kind}*2`,
      );
    }
    kinds.add(kind);
    if (countText === undefined) observers.push({ name: kind, kind });
    else for (let n = 1; n <= count; n++) observers.push({ name: `${kind}-${n}`, kind });
  }
  if (observers.length > mostObservers) {
    throw new ConfigError(
      `--observers: expected at most ${mostObservers} in all, got ${observers.length}`,
    );
  }
  return observers;
}
