import type { PeerEntry } from '@panoptes/core/observer';
import type { Distribution } from '../../churn/distribution.js';
import { type Reading, usualReading } from '../../input/reading.js';
import { readTrace } from '../../traces/read-trace.js';
import { allSkipped, type Skipped } from '../../traces/skipped.js';
import { TraceError } from '../../traces/trace-error.js';
import { pathBeside } from '../path-beside.js';
import type { GeneratedScenario } from '../schema/scenario.js';
import { arrivalsOf, type ArrivalTimes, type OpenTrace, sessionsOf } from './spec-distributions.js';

/** What a scenario draws from: distributions, and what its files hold. */
export interface RecordedInputs {
  /** By class. */
  readonly sessions: ReadonlyMap<string, Distribution>;
  readonly arrivals: ArrivalTimes;
  /** Of a topology from a file: node ids in its order, and links by node id. */
  readonly ids: readonly string[];
  readonly links: ReadonlyMap<string, PeerEntry['links']>;
  /** What was left out of the files. */
  readonly skipped: Skipped;
}

/**
 * Reads everything that a scenario refers to.
 *
 * @param file - the scenario's own; paths are relative to its folder
 * @throws {TraceError} when a file cannot be read, or holds too few nodes
 */
export async function readInputs(
  scenario: GeneratedScenario,
  file: string,
  reading: Reading = usualReading,
): Promise<RecordedInputs> {
  const skipped: Skipped[] = [];
  const open: OpenTrace = async (path) => {
    const source = await readTrace(pathBeside(file, path), reading);
    if (source.skipped !== undefined) skipped.push(source.skipped);
    return source;
  };
  const sessions = new Map<string, Distribution>();
  for (const { name, sessions: own } of scenario.population.classes) {
    sessions.set(name, await sessionsOf(own ?? scenario.sessions, open));
  }
  const arrivals = await arrivalsOf(scenario.arrivals, open);
  const links = await recordedLinks(scenario, open);
  return { sessions, arrivals, links, ids: [...links.keys()], skipped: allSkipped(skipped) };
}

/** The files that a scenario refers to, some of them maybe more than once. */
export function inputFiles(scenario: GeneratedScenario, file: string): string[] {
  const { population, sessions, arrivals, topology } = scenario;
  const drawn = [sessions, arrivals, ...population.classes.map((one) => one.sessions)];
  const traces = drawn.flatMap((spec) =>
    typeof spec === 'object' && spec.distribution === 'empirical' ? [spec.trace] : [],
  );
  const links = topology.model === 'file' ? [topology.file] : [];
  return [...traces, ...links].map((path) => pathBeside(file, path));
}

async function recordedLinks(
  { topology, population }: GeneratedScenario,
  open: OpenTrace,
): Promise<RecordedInputs['links']> {
  const links = new Map<string, PeerEntry['links']>();
  if (topology.model !== 'file') return links;
  const source = await open(topology.file);
  for await (const event of source.events) {
    if (event.kind === 'join') links.set(event.peer.peerId.nodeId, event.peer.links);
  }
  const wanted = Math.ceil(population.peers / population.availability);
  if (links.size >= wanted) return links;
  throw new TraceError(
    { file: source.name },
    `expected ${wanted} nodes, for ${population.peers} peers that are online ` +
      `${100 * population.availability} % of their time, got ${links.size}`,
  );
}
