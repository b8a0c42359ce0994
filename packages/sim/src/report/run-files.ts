import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { messageOf } from '../traces/trace-error.js';
import { htmlReport } from './html/html-report.js';
import { junitOf } from './junit.js';
import { type RunDocument, runSchema } from './run-document.js';
import { seriesCsv } from './series-csv.js';

/** The file that everything else can be made of again. */
const summaryName = 'summary.json';

/**
 * Writes a run's reports: summary.json, series.csv, junit.xml and report.html.
 *
 * @param directory - made if it is not there
 * @throws {ConfigError} when they cannot be written
 */
export function writeRunFiles(directory: string, run: RunDocument): void {
  writeFiles(directory, {
    [summaryName]: `${JSON.stringify(run, null, 1)}\n`,
    'series.csv': seriesCsv(run.series),
    'junit.xml': junitOf(run),
    'report.html': htmlReport(run),
  });
}

/** Writes texts by file name; see `writeRunFiles`. */
export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  } catch (cause) {
    throw new ConfigError(`--out: ${directory} cannot be written: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Reads a run's document again.
 *
 * @param path - of its summary.json, or of the folder that holds it
 * @throws {ConfigError} when there is none
 */
export function readRunDocument(path: string): RunDocument {
  let document: unknown;
  try {
    const file = statSync(path).isDirectory() ? join(path, summaryName) : path;
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(
      `${path}: expected a run’s summary.json, or the folder of one: ${messageOf(cause)}`,
      { cause },
    );
  }
  const schema = (document as { schema?: unknown } | null)?.schema;
  if (schema === runSchema) return document as RunDocument;
  throw new ConfigError(
    `${path}: expected a document of schema '${runSchema}', as run --out writes it, got ${JSON.stringify(schema) ?? 'none'}`,
  );
}
