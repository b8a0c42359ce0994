import { dirname, resolve } from 'node:path';
import type { PeerEntry } from '@panoptes/core';
import type { Distribution } from '../../churn/distribution.js';
import { openTrace } from '../../traces/open-trace.js';
import { TraceError } from '../../traces/trace-error.js';
import type { Scenario } from '../schema/scenario.js';
import { arrivalsOf, type ArrivalTimes, sessionsOf } from './spec-distributions.js';

/** What a scenario draws from: distributions, and what its files hold. */
export interface RecordedInputs {
  /** By class. */
  readonly sessions: ReadonlyMap<string, Distribution>;
  readonly arrivals: ArrivalTimes;
  /** Of a topology from a file: node ids in its order, and links by node id. */
  readonly ids: readonly string[];
  readonly links: ReadonlyMap<string, PeerEntry['links']>;
}

/**
 * Reads everything that a scenario refers to.
 *
 * @param file - the scenario's own; paths are relative to its folder
 * @throws {TraceError} when a file cannot be read, or holds too few nodes
 */
export async function readInputs(scenario: Scenario, file: string): Promise<RecordedInputs> {
  const locate = (path: string): string => resolve(dirname(file), path);
  const sessions = new Map<string, Distribution>();
  for (const { name, sessions: own } of scenario.population.classes) {
    sessions.set(name, await sessionsOf(own ?? scenario.sessions, locate));
  }
  const arrivals = await arrivalsOf(scenario.arrivals, locate);
  const links = await recordedLinks(scenario, locate);
  return { sessions, arrivals, links, ids: [...links.keys()] };
}

async function recordedLinks(
  { topology, population }: Scenario,
  locate: (path: string) => string,
): Promise<RecordedInputs['links']> {
  const links = new Map<string, PeerEntry['links']>();
  if (topology.model !== 'file') return links;
  const file = locate(topology.file);
  for await (const event of (await openTrace(file)).events) {
    if (event.kind !== 'leave') links.set(event.peer.peerId.nodeId, event.peer.links);
  }
  const wanted = Math.ceil(population.peers / population.availability);
  if (links.size >= wanted) return links;
  throw new TraceError(
    { file },
    `expected ${wanted} nodes, for ${population.peers} peers that are online ` +
      `${100 * population.availability} % of their time, got ${links.size}`,
  );
}
