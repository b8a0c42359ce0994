import { pathOf } from '@panoptes/testkit/model';
import type { ChurnSource } from '../churn/churn-source.js';
import type { Reading } from '../input/reading.js';
import { readAvt } from './avt-reader.js';
import { SkipCount } from './skipped.js';
import { TraceError } from './trace-error.js';
import { TraceFile } from './trace-file.js';

/**
 * Reads a recorded trace with the reader for its format, which its ending tells, or its beginning
 * where the ending does not; each may be packed with gzip.
 *
 * An entry that cannot be taken (a node, a line, a link) is left out and counted in the source's
 * `skipped`, unless the reading is strict.
 *
 * @param path - of the file, or `-` for standard input
 * @throws {ConfigError} when the path is none
 * @throws {TraceError} when it has no known format; the source's events fail with one later on
 */
export async function readTrace(
  path: string,
  { strict, maxInputBytes }: Reading,
): Promise<ChurnSource> {
  const file = await TraceFile.open(pathOf(path, 'a trace'), maxInputBytes);
  const format = formatOf(path, headOf(file));
  if (format !== undefined) return format.read(file, new SkipCount(strict));
  file.close();
  throw new TraceError(
    { file: file.name },
    `expected ${formats.map(({ about }) => about).join(', ')}; ` +
      'neither its name nor its beginning is like one of these',
  );
}

/** A kind of recording, what tells it, and how it is read. */
interface TraceFormat {
  /** How names of its files end, without `.gz`. */
  readonly ending: string;
  /** What it is, for messages. */
  readonly about: string;
  /** How it begins, where the name tells nothing. */
  readonly begins: RegExp;
  /** @throws {TraceError} where the file is wrong as a whole */
  read(file: TraceFile, skipped: SkipCount): Promise<ChurnSource>;
}

/** A document may be a single line, too: what tells churn is that its first line is a change. */
const churnBegins = /^\s*\{[^\n]*"op"\s*:\s*"(?:add|upd|del)"/;

/** Every format there is. */
const formats: readonly TraceFormat[] = [
  { ending: 'avt', about: 'an availability trace (.avt)', begins: /^\S+\t\d+\t/, read: readAvt },
  { ending: 'jsonl', about: 'discv4 churn (.jsonl)', begins: churnBegins, read: readChurn },
  {
    ending: 'json',
    about: 'a discv4 crawl or a mesh graph (.json)',
    begins: /^\s*\{/,
    read: (file, skipped) =>
      churnBegins.test(headOf(file)) ? readChurn(file, skipped) : readJson(file, skipped),
  },
];

function formatOf(path: string, head: string): TraceFormat | undefined {
  const ending = /\.([a-z\d]+)(?:\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  return (
    formats.find((format) => format.ending === ending) ??
    formats.find(({ begins }) => begins.test(head))
  );
}

const headOf = (file: TraceFile): string => file.head.toString('latin1');

/** Node records bring half a second of cryptography to load, which most runs have no use for. */
async function readChurn(file: TraceFile, skipped: SkipCount): Promise<ChurnSource> {
  return (await import('./discv4-churn-reader.js')).readDiscv4Churn(file, skipped);
}

/** What checks the fields of documents, too, is loaded for those who read one. */
async function readJson(file: TraceFile, skipped: SkipCount): Promise<ChurnSource> {
  return (await import('./json-trace-reader.js')).readJsonTrace(file, skipped);
}
