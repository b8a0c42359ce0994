import { pathOf } from '@panoptes/testkit';
import type { ChurnSource } from '../churn/churn-source.js';
import { type Reading, readingOf, usualReading } from '../input/reading.js';
import { readAvt } from './avt-reader.js';
import { readJsonTrace } from './json-trace-reader.js';
import { SkipCount } from './skipped.js';
import { TraceError } from './trace-error.js';
import { TraceFile } from './trace-file.js';

type Format = 'avt' | 'jsonl' | 'json';

const readers: Record<Format, (file: TraceFile, skipped: SkipCount) => Promise<ChurnSource>> = {
  avt: readAvt,
  // Node records bring half a second of cryptography to load, which most runs have no use for.
  jsonl: async (file, skipped) =>
    (await import('./discv4-churn-reader.js')).readDiscv4Churn(file, skipped),
  json: readJsonTrace,
};

/**
 * Opens a recorded trace with the reader for its format, which its ending tells, or its beginning
 * where the ending does not: `.avt`, `.jsonl` (discv4 churn), `.json` (a discv4 crawl or a mesh
 * graph, by what is in it), each also packed with gzip.
 *
 * An entry that cannot be taken (a node, a line, a link) is left out and counted in the source's
 * `skipped`, unless the reading is strict.
 *
 * @param path - of the file, or `-` for standard input
 * @throws {ConfigError} when the path is none, or an option is not one it can be
 * @throws {TraceError} when it is none of these; the source's events fail with one later on
 */
export async function openTrace(
  path: string,
  reading: Reading = usualReading,
): Promise<ChurnSource> {
  const { strict, maxInputBytes } = readingOf(reading);
  const file = await TraceFile.open(pathOf(path, 'a trace'), maxInputBytes);
  const format = formatOf(path, file.head.toString('latin1'));
  if (format !== undefined) return readers[format](file, new SkipCount(strict));
  file.close();
  throw new TraceError(
    { file: file.name },
    'expected an availability trace (.avt), discv4 churn (.jsonl), a discv4 crawl or a mesh graph ' +
      '(.json); neither its name nor its beginning is like one of these',
  );
}

/** A document may be a single line, too: what tells churn is that its first line is a change. */
const churnBegins = /^\s*\{[^\n]*"op"\s*:\s*"(?:add|upd|del)"/;

function formatOf(path: string, head: string): Format | undefined {
  const ending = /\.(avt|jsonl)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === 'avt' || ending === 'jsonl') return ending;
  if (churnBegins.test(head)) return 'jsonl';
  if (/\.json(?:\.gz)?$/i.test(path) || /^\s*\{/.test(head)) return 'json';
  return /^\S+\t\d+\t/.test(head) ? 'avt' : undefined;
}
