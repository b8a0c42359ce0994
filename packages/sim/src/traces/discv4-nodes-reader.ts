import { describe } from '@panoptes/core';
import { z } from 'zod';
import type { ChurnEvent, ChurnSource } from '../churn/churn-event.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { crawledPeer } from './crawled-peer.js';
import { instant, nodeIdHex, parseFields } from './field-check.js';
import { positionOf, readJsonEntries } from './json-entries.js';
import type { JsonEntry } from './json-splitter.js';
import { RecordDecoder } from './record-decoder.js';
import { TraceError } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

const node = z.object({
  seq: z.number().int().min(0),
  record: z.string(),
  score: z.number().min(0),
  firstResponse: instant,
  lastResponse: instant,
  lastCheck: instant,
});

/**
 * Reads a crawl of a discv4 network (`nodes.json`): `{ "<node id>": { seq, record, score, … } }`.
 * The ids are those of the decoded records and must equal the keys. A snapshot without a course of
 * time: all peers join at instant 0, which is the last check of the first entry, and its span is 0.
 */
export async function readDiscv4Nodes(file: TraceFile): Promise<ChurnSource> {
  const entries = readJsonEntries(file);
  const first = await entries.next();
  if (first.done === true) throw new TraceError({ file: file.name }, 'expected nodes, got none');
  const epochMs = parseFields(node, first.value.text, positionOf(file, first.value)).lastCheck;
  const clock = new VirtualClock(epochMs);

  async function* events(): AsyncGenerator<ChurnEvent> {
    const seen = new Set<string>();
    const decoder = new RecordDecoder();
    const join = (entry: JsonEntry): ChurnEvent => {
      const position = positionOf(file, entry);
      if (!nodeIdHex.safeParse(entry.key).success || seen.has(entry.key)) {
        throw new TraceError(
          position,
          `expected a node id of 64 lowercase hex characters, each once, got ${describe(entry.key)}`,
        );
      }
      seen.add(entry.key);
      const fields = parseFields(node, entry.text, position);
      const record = decoder.decode(fields.record, { id: entry.key, seq: fields.seq }, position);
      return { at: 0, kind: 'join', peer: crawledPeer({ ...fields, record }, clock) };
    };
    yield join(first.value as JsonEntry);
    for await (const entry of entries) yield join(entry);
  }
  return {
    name: file.name,
    kind: 'discv4 crawl',
    epochMs,
    events: events(),
    spanMs: () => 0,
    fractionRead: () => file.fractionRead(),
  };
}
