import { ConfigError } from '@panoptes/core';
import type { ChurnSource } from '../churn/churn-event.js';
import { readAvt } from './avt-reader.js';
import { readDiscv4Churn } from './discv4-churn-reader.js';
import { readDiscv4Nodes } from './discv4-nodes-reader.js';
import { readMesh } from './mesh-reader.js';
import { TraceError } from './trace-error.js';
import { TraceFile } from './trace-file.js';

type Format = 'avt' | 'jsonl' | 'nodes' | 'mesh';

const readers: Record<Format, (file: TraceFile) => ChurnSource | Promise<ChurnSource>> = {
  avt: readAvt,
  jsonl: readDiscv4Churn,
  nodes: readDiscv4Nodes,
  mesh: readMesh,
};

/**
 * Opens a recorded trace with the reader for its format, which its ending tells, or its beginning
 * where the ending does not: `.avt`, `.jsonl` (discv4 churn), `.json` (a discv4 crawl or a mesh
 * graph), each also packed with gzip.
 *
 * @param name - path of the file
 * @throws {TraceError} when it is none of these; the source's events fail with one later on
 */
export async function openTrace(name: string): Promise<ChurnSource> {
  if (name === '') throw new ConfigError('file: expected the path of a trace, got an empty one');
  const file = await TraceFile.open(name);
  const head = (await file.head()).toString('utf8');
  const format = formatOf(name, head);
  if (format !== undefined) return readers[format](file);
  throw new TraceError(
    { file: name },
    'expected an availability trace (.avt), discv4 churn (.jsonl), a discv4 crawl or a mesh graph ' +
      '(.json); neither its name nor its beginning is like one of these',
  );
}

function formatOf(name: string, head: string): Format | undefined {
  const ending = /\.(avt|jsonl|json)(?:\.gz)?$/i.exec(name)?.[1]?.toLowerCase();
  if (ending === 'avt' || ending === 'jsonl') return ending;
  if (ending === 'json' || /^\s*\{\s*"[^"]*"\s*:\s*[[{]/.test(head)) {
    return /^\s*\{\s*"(?:nodes|links)"\s*:/.test(head) ? 'mesh' : 'nodes';
  }
  if (/^\s*\{/.test(head)) return 'jsonl';
  return /^\S+\t\d+\t/.test(head) ? 'avt' : undefined;
}
