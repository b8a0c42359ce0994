import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { readWholeLines } from '../input/text-file.js';
import type { RunDocument } from '../report/run-document.js';
import { makeFolder } from '../report/run-files.js';
import type { ScenarioSource } from '../scenario/file/scenario-file.js';
import { messageOf } from '../traces/trace-error.js';

/** The figures of one run of a sweep: all of its document that a table may need. */
export type SweepFigures = Omit<RunDocument, 'series' | 'scenario'>;

/** What became of one run. */
export interface SweepResult {
  /** Of the task. */
  readonly index: number;
  readonly seed: string;
  /** Missing when it failed. */
  readonly run?: SweepFigures;
  /** Why there are no figures. */
  readonly failure?: string;
}

const journalSchema = 'panoptes.sweep-journal/1';
const journalName = 'journal.jsonl';

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
      makeFolder(directory);
      if (isFresh || !existsSync(file)) writeFileSync(file, `${head}\n`);
      else journal.#read(head);
      return journal;
    } catch (cause) {
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError(`--out: ${file} cannot be used: ${messageOf(cause)}`, { cause });
    }
  }

  /** By the task's position. */
  get results(): ReadonlyMap<number, SweepResult> {
    return this.#results;
  }

  /** Keeps a result; a run that was only interrupted is not one. */
  add(result: SweepResult): void {
    this.#results.set(result.index, result);
    appendFileSync(this.#file, `${JSON.stringify(result)}\n`);
  }

  /** Reads what is there. A last line without an end was being written when the sweep stopped. */
  #read(head: string): void {
    const text = readWholeLines(this.#file);
    if (text === '') {
      // It ended before it had said of what it is.
      writeFileSync(this.#file, `${head}\n`);
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
    let result: Partial<SweepResult> | null;
    try {
      result = JSON.parse(line) as Partial<SweepResult> | null;
    } catch (cause) {
      throw new ConfigError(`${this.#file}, line ${number}: expected JSON: ${messageOf(cause)}`, {
        cause,
      });
    }
    const index = result?.index;
    if (!Number.isSafeInteger(index)) {
      throw new ConfigError(`${this.#file}, line ${number}: expected a result with an index`);
    }
    // What failed is tried again.
    if (result?.run !== undefined) this.#results.set(index!, result as SweepResult);
  }
}

/** Where a scenario is does not matter, only what it says. */
const fingerprint = ({ text, overrides }: ScenarioSource): string =>
  createHash('sha256')
    .update(JSON.stringify([text, overrides]))
    .digest('hex');
