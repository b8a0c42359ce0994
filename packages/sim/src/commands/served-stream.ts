import { ConfigError, type RegistryStore, describe } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import type { OnRegistry } from '../driver/on-registry.js';
import { numberText } from '../report/number-text.js';
import type { StreamFacts } from '../report/run-document.js';
import type { Summary } from '../report/summary.js';
import { loadCluster } from './cluster-flags.js';
import type { StreamPlace } from './stream-flags.js';
import { inFlags } from './stream-flags.js';
import type { Terminal } from './terminal.js';

/**
 * The stream in which the registry of a run is kept, for others to follow.
 *
 * @throws {ConfigError} when an option is not one it can be, or the package of streams is not installed
 */
export async function servedStream(
  { stderr }: Pick<Terminal, 'stderr'>,
  place: StreamPlace,
  { acknowledge, replicas, stay, quiet }: ServeOptions,
): Promise<ServedStream> {
  const { streamStore } = await loadCluster('--cluster');
  const store = streamStore({ ...place, replicas });
  const { name, servers } = place;
  const say = (text: string): void => {
    if (!quiet) stderr.write(`${text}\n`);
  };
  let registry: PeerRegistry | undefined;
  return {
    store: {
      open: (start) =>
        store.open(start).catch((error: unknown) => {
          throw inFlags(error);
        }),
    },
    durability: acknowledge === 'stream' ? 'commit' : 'async',
    onRegistry: (signal) => (opened) => {
      registry = opened;
      const from =
        opened.lastSeq === 0
          ? 'from its beginning'
          : `where it was after transaction ${numberText(opened.lastSeq)}`;
      say(`serving '${name}' at ${servers.join(', ')} in epoch ${opened.epoch}, ${from}`);
      return async (summary?: Summary) => {
        if (summary === undefined || summary.interrupted || summary.failure !== undefined) return;
        const end = `the scenario has ended at transaction ${numberText(opened.lastSeq)}`;
        if (!stay) return say(`${end}; '${name}' keeps it`);
        say(`${end}; this stays the primary of '${name}' until Ctrl-C`);
        await untilAborted(signal);
      };
    },
    facts: () => factsOf(registry!, place, acknowledge),
  };
}

/** The stream of a run. */
export interface ServedStream {
  /** Keeps its registry. */
  readonly store: RegistryStore;
  readonly durability: 'async' | 'commit';
  /** @param signal - aborted when the run is asked to end, or to stay no longer */
  onRegistry(signal: AbortSignal): OnRegistry;
  /** What the stream has, when the registry was closed. */
  facts(): StreamFacts;
}

/** How a stream is served. */
export interface ServeOptions {
  /** Who must have a change before it counts as made. */
  readonly acknowledge: Acknowledge;
  /** On how many servers what is not there yet is kept. */
  readonly replicas: number;
  /** Whether it goes on after the end of the scenario. */
  readonly stay: boolean;
  readonly quiet: boolean;
}

/** The values of `--acknowledge`. */
export const acknowledges = ['stream', 'local'] as const satisfies readonly Acknowledge[];
type Acknowledge = StreamFacts['acknowledge'];

/** Reads `--acknowledge`. */
export function parseAcknowledge(text: string): Acknowledge {
  const found = acknowledges.find((known) => known === text);
  if (found !== undefined) return found;
  throw new ConfigError(
    `--acknowledge: expected one of ${acknowledges.join(', ')}, got ${describe(text)}`,
  );
}

/** Reads `--replicas`. */
export function parseReplicas(text: string): number {
  const replicas = /^[1-5]$/.test(text) ? Number(text) : undefined;
  if (replicas !== undefined) return replicas;
  throw new ConfigError(`--replicas: expected a number from 1 to 5, got ${describe(text)}`);
}

function factsOf(
  registry: PeerRegistry,
  { name, servers }: StreamPlace,
  acknowledge: Acknowledge,
): StreamFacts {
  const { epoch, lastSeq } = registry;
  const { durableSeq: streamSeq } = registry.storeStats()!;
  return { name, servers, acknowledge, epoch, lastSeq, streamSeq };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
