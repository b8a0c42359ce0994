import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, PanoptesError, messageOf } from '@panoptes/core';
import { z } from 'zod';
import { readWholeLines } from '../input/text-file.js';
import { OutputError } from '../output/output-error.js';
import { writeWholeFiles } from '../output/whole-files.js';
import type { RunDocument } from '../report/run-document.js';
import { makeFolder } from '../report/run-files.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';

/**
 * The results of a sweep as they come, one line each in a file, so that an interrupted sweep goes on
 * where it stopped. Its first line says of which scenario they are.
 */
export class SweepJournal {
  readonly #file: string;
  readonly #results = new Map<number, SweepResult>();

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Opens the journal in a folder, or begins one.
   *
   * @param isFresh - forgets what an earlier sweep left there
   * @throws {ConfigError} when it cannot be written, or is of another scenario
   */
  static open(directory: string, source: ScenarioSource, isFresh: boolean): SweepJournal {
    const file = join(directory, journalName);
    const journal = new SweepJournal(file);
    const head = JSON.stringify({ schema: journalSchema, scenario: fingerprint(source) });
    try {
      makeFolder('--out', directory);
      if (isFresh || !existsSync(file)) writeWholeFiles(new Map([[file, `${head}\n`]]));
      else journal.#read(head);
      return journal;
    } catch (cause) {
      if (cause instanceof PanoptesError) throw cause;
      throw new ConfigError(`--out: ${file} cannot be used: ${messageOf(cause)}`, { cause });
    }
  }

  /** By the task's position. */
  get results(): ReadonlyMap<number, SweepResult> {
    return this.#results;
  }

  /**
   * Keeps a result; a run that was only interrupted is not one.
   *
   * @throws {OutputError} when it cannot be written, as on a full disk; the others stay
   */
  add(result: SweepResult): void {
    let size: number | undefined;
    try {
      size = Number(statSync(this.#file, { bigint: true }).size);
      appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
    } catch (cause) {
      // Half a line would be in the way of the next one.
      if (size !== undefined) truncateSync(this.#file, size);
      throw new OutputError(`${this.#file} cannot be written: ${messageOf(cause)}`, { cause });
    }
    this.#results.set(result.index, result);
  }

  /** Reads what is there. A last line without an end was being written when the sweep stopped. */
  #read(head: string): void {
    const text = readWholeLines(this.#file);
    if (text === '') {
      // The sweep stopped before its first line was written.
      writeWholeFiles(new Map([[this.#file, `${head}\n`]]));
      return;
    }
    const [first, ...lines] = text.split('\n').slice(0, -1);
    if (first !== head) {
      throw new ConfigError(
        `--out: ${this.#file} is of another scenario, or of other values set from outside; ` +
          'name another folder, or start over with --fresh',
      );
    }
    for (const [at, line] of lines.entries()) this.#keep(line, at + 2);
    truncateSync(this.#file, Buffer.byteLength(text));
  }

  #keep(line: string, number: number): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (cause) {
      throw this.#broken(number, `expected JSON: ${messageOf(cause)}`);
    }
    const problem = resultProblem(value);
    if (problem !== undefined) throw this.#broken(number, problem);
    const result = value as SweepResult;
    // What failed is tried again.
    if (result.run !== undefined) this.#results.set(result.index, result);
  }

  #broken(number: number, problem: string): ConfigError {
    return new ConfigError(
      `${this.#file}, line ${number}: ${problem}; mend it, or start over with --fresh`,
    );
  }
}

/** The figures of one run of a sweep: all of its document that a table may need. */
export type SweepFigures = Omit<RunDocument, 'series' | 'scenario'>;

/** The outcome of one run. */
export interface SweepResult {
  /** Of the task. */
  readonly index: number;
  readonly seed: string;
  /** Missing when it failed. */
  readonly run?: SweepFigures;
  /** Why there are no figures. */
  readonly failure?: string;
}

/** Why something is no result of a run, if it is none. */
export function resultProblem(value: unknown): string | undefined {
  const { error } = resultShape.safeParse(value);
  if (error === undefined) return undefined;
  const { path, message } = error.issues[0]!;
  return `${path.map(String).join('.') || 'a result'}: ${message}`;
}

/** As much of a result as reports are made of. */
const resultShape = z.looseObject({
  index: z.int().min(0),
  seed: z.string(),
  failure: z.string().optional(),
  run: z
    .looseObject({
      verdict: z.string(),
      logDigest: z.string().nullable(),
      durationMs: z.number().min(0),
      thresholds: z.array(
        z.looseObject({
          figure: z.string(),
          condition: z.string(),
          passed: z.boolean(),
          actual: z.array(z.looseObject({ figure: z.string() })),
        }),
      ),
    })
    .optional(),
});

const journalSchema = 'panoptes.sweep-journal/1';

/** What it is called in the folder of a sweep. */
export const journalName = 'journal.jsonl';

/** Where a scenario is does not matter, only what it says. */
const fingerprint = ({ text, overrides }: ScenarioSource): string =>
  createHash('sha256')
    .update(JSON.stringify([text, overrides]))
    .digest('hex');
