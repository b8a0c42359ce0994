import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError, describe, messageOf } from '@panoptes/core';
import { statsAt } from '@panoptes/testkit/model';
import { readTextFile } from '../input/text-file.js';
import { checkOverwritable } from '../output/overwritable.js';
import { writeWholeFiles } from '../output/whole-files.js';
import { htmlReport } from './html/html-report.js';
import { junitOf } from './junit.js';
import { jsonText } from './printable.js';
import { type RunDocument, runSchema } from './run-document.js';
import { runDocumentProblem } from './run-document-schema.js';
import { seriesCsv } from './series-csv.js';

/**
 * Writes a run's reports: summary.json, series.csv, junit.xml and report.html.
 *
 * @param directory - made if it is not there
 * @returns the files, with their paths
 * @throws {ConfigError} when the folder cannot be made or written into
 * @throws {OutputError} when they cannot be written; those that were there stay then
 */
export function writeRunFiles(directory: string, run: RunDocument): string[] {
  const files = Object.entries(runReports).map(([name, textOf]) => [name, textOf(run)] as const);
  return writeFiles('--out', directory, new Map(files));
}

/** The file that everything else can be made of again. */
const summaryName = 'summary.json';

const runReports = {
  [summaryName]: (run: RunDocument) => jsonText(run, 1),
  'series.csv': (run: RunDocument) => seriesCsv(run.series),
  'junit.xml': junitOf,
  'report.html': htmlReport,
};

/** What a run's reports are called in their folder. */
export const runReportNames: readonly string[] = Object.keys(runReports);

/**
 * Writes texts by file name; see `writeRunFiles`.
 *
 * @param flag - what named the folder
 */
export function writeFiles(
  flag: string,
  directory: string,
  files: ReadonlyMap<string, string>,
): string[] {
  makeFolder(flag, directory, [...files.keys()]);
  const whole = new Map([...files].map(([name, text]) => [join(directory, name), text]));
  writeWholeFiles(whole);
  return [...whole.keys()];
}

/**
 * Makes a folder if it is not there. To be called before what takes long and would be lost otherwise.
 *
 * @param flag - what named it
 * @param names - of files that are to be written there
 * @throws {ConfigError} when it cannot be, or cannot be written into, or one of those files is read-only
 */
export function makeFolder(flag: string, directory: string, names: readonly string[] = []): void {
  try {
    makeAll(resolve(directory));
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new ConfigError(`${flag}: ${directory} cannot be written into: ${messageOf(cause)}`, {
      cause,
    });
  }
  for (const name of names) {
    const file = join(directory, name);
    try {
      checkOverwritable(file);
    } catch (cause) {
      throw new ConfigError(`${flag}: ${file} cannot be written: ${messageOf(cause)}`, { cause });
    }
  }
}

/** One by one: `recursive` never returns where the system knows no folder but lists its parent. */
function makeAll(directory: string): void {
  const stats = statsAt(directory);
  if (stats?.isDirectory() === true) return;
  if (stats === undefined) makeAll(dirname(directory));
  mkdirSync(directory);
}

/**
 * Reads a run's document again.
 *
 * @param path - of its summary.json, or of the folder that holds it
 * @param maxInputBytes - that are read at most
 * @throws {ConfigError} when there is none, or it is not what `run` writes, with the place of what is wrong
 */
export function readRunDocument(path: string, maxInputBytes?: number): RunDocument {
  let document: unknown;
  try {
    const isFolder = path !== '-' && statsAt(path)?.isDirectory() === true;
    const file = isFolder ? join(path, summaryName) : path;
    document = JSON.parse(readTextFile(file, maxInputBytes));
  } catch (cause) {
    throw new ConfigError(
      `${path}: expected a run’s summary.json, or the folder of one: ${messageOf(cause)}`,
      { cause },
    );
  }
  const schema = (document as { schema?: unknown } | null)?.schema;
  if (schema !== runSchema) {
    throw new ConfigError(
      `${path}: expected a document of schema '${runSchema}', as run --out writes it, got ${describe(schema)}`,
    );
  }
  const problem = runDocumentProblem(document);
  if (problem !== undefined) throw new ConfigError(`${path}: ${problem}`);
  return document as RunDocument;
}
