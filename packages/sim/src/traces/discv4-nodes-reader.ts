import { describe } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { z } from 'zod';
import type { ChurnSource } from '../churn/churn-source.js';
import { generatedEpochMs } from '../time/generated-epoch.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { crawledPeer, type Sighting } from './crawled-peer.js';
import { instant, nodeIdHex, parseFields } from './field-check.js';
import { positionOf } from './json-entries.js';
import type { JsonEntry } from './json-splitter.js';
import { EnrDecoder } from './enr-decoder.js';
import { type SkipCount, takePeer } from './skipped.js';
import { startingWith } from './starting-with.js';
import { TraceError, type TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/**
 * Reads a crawl of a discv4 network (`nodes.json`): `{ "<node id>": { seq, record, score, … } }`.
 * The ids are those of the decoded records and must equal the keys. A snapshot without a course of
 * time: all peers join at instant 0, which is the last check of the first entry that was checked, and
 * its span is 0.
 */
export async function readDiscv4Nodes(
  file: TraceFile,
  entries: AsyncIterable<JsonEntry>,
  skipped: SkipCount,
): Promise<ChurnSource> {
  const crawl = new Discv4Crawl(file);
  const nodes = skipped.taken(entries, (entry) => crawl.take(entry));
  const before: CrawledNode[] = [];
  let epochMs = 0;
  while (epochMs === 0 && before.length < mostUnchecked) {
    const { value: node } = await nodes.next();
    if (node === undefined) break;
    before.push(node);
    epochMs = node.lastCheck;
  }
  if (before.length === 0) throw skipped.nothingLeft({ file: file.name }, 'nodes');
  if (epochMs === 0) epochMs = generatedEpochMs;
  const clock = new VirtualClock(epochMs);

  return {
    name: file.name,
    kind: 'discv4 crawl',
    epochMs,
    events: skipped.taken(startingWith(before, nodes), ({ position, sighting }): ChurnEvent => ({
      at: 0,
      kind: 'join',
      peer: takePeer(position, () => crawledPeer(sighting, clock)),
    })),
    spanMs: () => 0,
    fractionRead: () => file.fractionRead(),
    skipped,
  };
}

/** As go-ethereum writes it: what is 0 may be left out. */
const node = z.object({
  seq: z.number().int().min(0),
  record: z.string(),
  score: z.number().min(0).default(0),
  firstResponse: instant.default(0),
  lastResponse: instant.default(0),
  lastCheck: instant.default(0),
});

/** Nodes that may stand before the first that was ever checked. */
const mostUnchecked = 10_000;

interface CrawledNode {
  readonly position: TracePosition;
  readonly sighting: Sighting;
  readonly lastCheck: number;
}

/** The nodes of a crawl, each once. */
class Discv4Crawl {
  readonly #seen = new Set<string>();
  readonly #decoder = new EnrDecoder();

  constructor(private readonly file: TraceFile) {}

  /** @throws {TraceError} when the entry is no node, or one that was there before */
  take(entry: JsonEntry): CrawledNode {
    const position = positionOf(this.file, entry);
    const id = String(entry.path[0]);
    if (!nodeIdHex.safeParse(id).success || entry.path.length > 1 || this.#seen.has(id)) {
      throw new TraceError(
        position,
        `expected a node id of 64 lowercase hex characters, each once, got ${describe(id)}`,
      );
    }
    const { lastCheck, ...fields } = parseFields(node, entry.bytes, position);
    const record = this.#decoder.decode(fields.record, { id, seq: fields.seq }, position);
    this.#seen.add(id);
    return { position, sighting: { ...fields, record }, lastCheck };
  }
}
