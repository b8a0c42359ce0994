import { pathText } from './json-path.js';
import { type JsonEntry, JsonSplitter } from './json-splitter.js';
import type { TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';

/**
 * Reads the entries of a file that is one JSON object.
 *
 * @throws {TraceError} when it is none; it names the line
 */
export async function* readJsonEntries(file: TraceFile): AsyncGenerator<JsonEntry> {
  const splitter = new JsonSplitter(file.name);
  for await (const chunk of file.chunks(() => splitter.line)) yield* splitter.push(chunk);
  splitter.end();
}

/** Where an entry is, for errors: its line, and as field its path. */
export const positionOf = (file: TraceFile, { path, line }: JsonEntry): TracePosition => ({
  file: file.name,
  line,
  field: pathText(path),
});
