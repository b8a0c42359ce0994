import { describe, type PeerEntry } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { z } from 'zod';
import type { ChurnSource } from '../churn/churn-source.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { crawledPeer, type Sighting } from './crawled-peer.js';
import type { NodeRecord } from './enr-record.js';
import { instant, nodeIdHex, parseFields } from './field-check.js';
import { type Line, readLines } from './line-reader.js';
import { mostPeersHeld } from '../input/reading.js';
import { EnrDecoder } from './enr-decoder.js';
import { type SkipCount, takePeer } from './skipped.js';
import { startingWith } from './starting-with.js';
import { TraceError, tooManyPeers, type TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/**
 * Reads the differences between crawls of a discv4 network (`.jsonl`, also gzip): one
 * `{ t, op: 'add'|'upd'|'del', id, seq, record, score, … }` a line, in order of time. An `add` or
 * `upd` without a record goes with the last one of that node. The trace lasts from its first line's
 * time to its last one's.
 */
export async function readDiscv4Churn(file: TraceFile, skipped: SkipCount): Promise<ChurnSource> {
  const read = skipped.taken(wholeLines(file), ({ bytes, number }) => ({
    ...parseFields(churnLine, bytes, { file: file.name, line: number }),
    number,
  }));
  const lines = withoutLeaps(read, file, skipped);
  const { value: first } = await lines.next();
  if (first === undefined) throw skipped.nothingLeft({ file: file.name }, 'events');
  const churn = new Discv4Churn(file, new VirtualClock(first.t));

  async function* events(): AsyncGenerator<ChurnEvent> {
    const changes = startingWith([first!], lines);
    for await (const event of skipped.taken(changes, (one) => churn.take(one, one.number))) {
      if (churn.size > mostPeersHeld) throw tooManyPeers(file.name);
      yield event;
    }
    if (churn.size === 0) throw skipped.nothingLeft({ file: file.name }, 'events');
  }
  return {
    name: file.name,
    kind: 'discv4 churn',
    epochMs: first.t,
    events: events(),
    spanMs: () => churn.elapsedMs,
    fractionRead: () => file.fractionRead(),
    skipped,
  };
}

/** What is 0 may be left out, as go-ethereum does. */
const score = z.number().min(0).default(0);
const seq = z.number().int().min(0);
const common = {
  t: instant.refine((t) => t > 0, 'expected a time after 1970'),
  id: nodeIdHex,
};

const churnLine = z.discriminatedUnion('op', [
  z.object({
    ...common,
    op: z.literal('add'),
    seq,
    record: z.string().optional(),
    score,
    firstResponse: instant,
    lastResponse: instant,
  }),
  z.object({
    ...common,
    op: z.literal('upd'),
    seq,
    record: z.string().optional(),
    score,
    lastResponse: instant,
  }),
  z.object({ ...common, op: z.literal('del') }),
]);
type ChurnLine = z.output<typeof churnLine>;
type Arrival = Exclude<ChurnLine, { op: 'del' }>;

/** What is remembered of a node that was ever there. */
interface Node {
  readonly sighting: Sighting;
  peer: PeerEntry | undefined;
}

/** @throws {TraceError} at a last line that is the beginning of one */
async function* wholeLines(file: TraceFile): AsyncGenerator<Line> {
  for await (const line of readLines(file)) {
    if (!line.ended && !line.bytes.toString('latin1').trimEnd().endsWith('}')) {
      throw new TraceError(
        { file: file.name, line: line.number },
        'expected JSON, got the end of the file in the middle of it: it seems to be cut off',
      );
    }
    yield line;
  }
}

/**
 * Leaves out a line whose time is later than those of both lines after it, which are in order: all
 * lines after it would have to be left out otherwise.
 */
async function* withoutLeaps<T extends { readonly t: number; readonly number: number }>(
  lines: AsyncIterable<T>,
  file: TraceFile,
  skipped: SkipCount,
): AsyncGenerator<T, undefined> {
  const window: T[] = [];
  for await (const line of lines) {
    window.push(line);
    if (window.length < 3) continue;
    const [first, second, third] = window as [T, T, T];
    window.shift();
    if (first.t <= third.t || second.t > third.t) {
      yield first;
      continue;
    }
    const position = { file: file.name, line: first.number, field: 't' };
    const got = new Date(first.t).toISOString();
    const problem = `expected a time no later than the lines after it, got ${got}`;
    skipped.leaveOut(new TraceError(position, problem));
  }
  yield* window;
}

class Discv4Churn {
  readonly #nodes = new Map<string, Node>();
  readonly #decoder = new EnrDecoder();

  constructor(
    private readonly file: TraceFile,
    private readonly clock: VirtualClock,
  ) {}

  /** Nodes that were ever there. */
  get size(): number {
    return this.#nodes.size;
  }

  get elapsedMs(): number {
    return this.clock.monotonic();
  }

  take(line: ChurnLine, number: number): ChurnEvent {
    const at = line.t - this.clock.epochMs;
    const position: TracePosition = { file: this.file.name, line: number };
    if (at < this.elapsedMs) {
      throw new TraceError(
        { ...position, field: 't' },
        `expected a time no earlier than the line before, got ${new Date(line.t).toISOString()}`,
      );
    }
    this.clock.advanceTo(at);
    const node = this.#nodes.get(line.id);
    const online = node?.peer !== undefined;
    if (online === (line.op === 'add')) {
      throw new TraceError(
        { ...position, field: 'op' },
        `expected ${online ? 'upd or del, since the peer is' : 'add, since the peer is not'} there, ` +
          `got ${describe(line.op)}`,
      );
    }
    if (line.op === 'del') {
      node!.peer = undefined;
      return { at, kind: 'leave', nodeId: line.id };
    }
    return this.#arrive(line, at, node, position);
  }

  #arrive(line: Arrival, at: number, known: Node | undefined, position: TracePosition): ChurnEvent {
    const record = this.#recordOf(line, known, position);
    const sighting: Sighting = {
      record,
      score: line.score,
      firstResponse: line.op === 'add' ? line.firstResponse : known!.sighting.firstResponse,
      lastResponse: line.lastResponse,
    };
    let peer = takePeer(position, () => crawledPeer(sighting, this.clock));
    if (line.op === 'upd') {
      const { connectedAt } = known!.peer!.connectionMetrics;
      peer = { ...peer, connectionMetrics: { ...peer.connectionMetrics, connectedAt } };
    }
    this.#nodes.set(line.id, { sighting, peer });
    return { at, kind: line.op === 'add' ? 'join' : 'update', peer };
  }

  #recordOf(line: Arrival, known: Node | undefined, position: TracePosition): NodeRecord {
    if (line.record !== undefined) return this.#decoder.decode(line.record, line, position);
    const record = known?.sighting.record;
    if (record === undefined) {
      throw new TraceError(
        { ...position, field: 'record' },
        'expected the record of a node not seen before, got none',
      );
    }
    this.#decoder.check(record, line, position);
    return record;
  }
}
