import type { ChurnSource } from '../churn/churn-source.js';
import { nodeIdHex } from './field-check.js';
import { readJsonEntries } from './json-entries.js';
import type { JsonEntry } from './json-splitter.js';
import { isOfMesh, readMesh } from './mesh-reader.js';
import type { SkipCount } from './skipped.js';
import { TraceError } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/**
 * Reads a JSON document by its content, in any order of keys: a mesh graph has lists of
 * nodes or links, a discv4 crawl has nodes by their ids.
 *
 * @throws {TraceError} when it is neither
 */
export async function readJsonTrace(file: TraceFile, skipped: SkipCount): Promise<ChurnSource> {
  const entries = readJsonEntries(file);
  const before: JsonEntry[] = [];
  for (let bytes = 0; before.length < mostUntold && bytes < mostUntoldBytes;) {
    const next = await entries.next();
    if (next.done === true) break;
    before.push(next.value);
    bytes += next.value.bytes.length;
    const read = readerOf(next.value);
    if (read !== undefined) return read(file, followedBy(before, entries), skipped);
  }
  // Nodes by something that is no id: a crawl, all the same, of which nothing can be taken.
  if (before.some(isObject)) return readDiscv4Nodes(file, followedBy(before, entries), skipped);
  throw new TraceError(
    { file: file.name },
    'expected nodes of a discv4 crawl ({ "<node id>": { "record": … } }) or of a mesh graph ' +
      '({ "nodes": [ … ], "links": [ … ] }), got none',
  );
}

/** Entries, and their bytes, that may stand before one that tells what the document is. */
const mostUntold = 1_024;
const mostUntoldBytes = 2 ** 24;

function readerOf(entry: JsonEntry): typeof readMesh | undefined {
  if (isOfMesh(entry)) return readMesh;
  const [key] = entry.path;
  return entry.path.length === 1 && nodeIdHex.safeParse(key).success ? readDiscv4Nodes : undefined;
}

const isObject = ({ path, bytes }: JsonEntry): boolean => path.length === 1 && bytes[0] === 0x7b;

async function* followedBy(
  before: readonly JsonEntry[],
  rest: AsyncIterable<JsonEntry>,
): AsyncGenerator<JsonEntry> {
  yield* before;
  yield* rest;
}

/** Loaded when it is needed, as in `read-trace.ts`. */
const readDiscv4Nodes: typeof readMesh = async (file, entries, skipped) =>
  (await import('./discv4-nodes-reader.js')).readDiscv4Nodes(file, entries, skipped);
