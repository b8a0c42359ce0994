import { describe, type PeerEntry } from '@panoptes/core';
import { z } from 'zod';
import type { ChurnEvent, ChurnSource } from '../churn/churn-event.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { crawledPeer, type Sighting } from './crawled-peer.js';
import type { NodeRecord } from './enr-record.js';
import { instant, nodeIdHex, parseFields } from './field-check.js';
import { type Line, readLines } from './line-reader.js';
import { RecordDecoder } from './record-decoder.js';
import { TraceError, type TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

const score = z.number().min(0);
const seq = z.number().int().min(0);
const common = { t: instant, id: nodeIdHex };

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

/**
 * Reads the differences between crawls of a discv4 network (`.jsonl`, also gzip): one
 * `{ t, op: 'add'|'upd'|'del', id, seq, record, score, … }` a line, in order of time. An `add` or
 * `upd` without a record goes with the last one of that node. The trace lasts from its first line's
 * time to its last one's.
 */
export async function readDiscv4Churn(file: TraceFile): Promise<ChurnSource> {
  const lines = readLines(file);
  const first = await lines.next();
  if (first.done === true) throw new TraceError({ file: file.name }, 'expected events, got none');
  const start = parseLine(first.value, file);
  const churn = new Discv4Churn(file, new VirtualClock(start.t));

  async function* events(): AsyncGenerator<ChurnEvent> {
    yield churn.take(start, (first.value as Line).number);
    for await (const line of lines) yield churn.take(parseLine(line, file), line.number);
  }
  return {
    name: file.name,
    kind: 'discv4 churn',
    epochMs: start.t,
    events: events(),
    spanMs: () => churn.elapsedMs,
    fractionRead: () => file.fractionRead(),
  };
}

const parseLine = (line: Line, file: TraceFile): ChurnLine =>
  parseFields(churnLine, line.text, { file: file.name, line: line.number });

class Discv4Churn {
  readonly #nodes = new Map<string, Node>();
  readonly #decoder = new RecordDecoder();

  constructor(
    private readonly file: TraceFile,
    private readonly clock: VirtualClock,
  ) {}

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
    let peer = crawledPeer(sighting, this.clock);
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
