import { parseOptions } from '@panoptes/core';
import { z } from 'zod';
import type { HistoryRecord, RunEnding } from '../checkers/history.js';
import { HistoryChecker } from '../checkers/history-checker.js';
import type { Verdicts } from '../checkers/verdicts.js';
import { pathOf, usualMaxInputBytes } from './input-file.js';
import { RecordedLogReader } from './recorded-log-reader.js';

/**
 * Holds a recorded log to the rules.
 *
 * @param maxInputBytes - that are read at most
 * @throws {ConfigError} when the path is none, or the limit
 * @throws {RecordedLogError} when it cannot be read to its end
 */
export async function checkRecording(file: string, maxInputBytes?: number): Promise<CheckDocument> {
  const check = async (reader: RecordedLogReader): Promise<CheckDocument> => {
    const { source, seed, facts } = await reader.header();
    const checker = new HistoryChecker(facts);
    const observers = new Map<string, Counts>(
      facts.observers.map(({ name }) => [
        name,
        { name, incarnations: 0, snapshots: 0, events: 0, changes: 0 },
      ]),
    );
    let ending: RunEnding | undefined;
    let lives = 1;
    for await (const item of reader.items()) {
      if ('ending' in item) {
        ending = item.ending;
        continue;
      }
      if ('life' in item) {
        checker.begin(item.life, ending && { ending });
        ending = undefined;
        lives++;
        continue;
      }
      checker.take(item.origin, item.record);
      count(observers.get(item.origin.observer)!, item.record);
    }
    const found = checker.finish(ending);
    const complete = ending !== undefined;
    return {
      schema: checkSchema,
      file,
      source,
      seed,
      complete,
      lives,
      observers: [...observers.values()],
      ...found,
      verdict: found.verdict === 'pass' && !complete ? 'incomplete' : found.verdict,
    };
  };
  const { maxInputBytes: most } = parseOptions(readingOptions, { maxInputBytes }, 'how to read');
  return RecordedLogReader.with(pathOf(file, 'a recorded log'), check, most);
}

/** The version of the document that `check --json` prints; it changes when a field's meaning does. */
const checkSchema = 'panoptes.check/1';

/** One observer's history in figures. */
export interface CheckedHistory {
  readonly name: string;
  /** Incarnations that recorded something. */
  readonly incarnations: number;
  readonly snapshots: number;
  readonly events: number;
  readonly changes: number;
}

/** What `panoptes check` found, as `--json` prints it. */
export interface CheckDocument extends Omit<Verdicts, 'verdict'> {
  readonly schema: typeof checkSchema;
  readonly file: string;
  readonly source: string;
  readonly seed: string | null;
  /** Whether the file says how the run ended; without, nothing that follows from it is checked. */
  readonly complete: boolean;
  /** How many lives of the registry were recorded, one after another. */
  readonly lives: number;
  readonly observers: readonly CheckedHistory[];
  /** `incomplete` when no rule is broken in what is there, and the run's end is not. */
  readonly verdict: 'pass' | 'fail' | 'incomplete';
}

const readingOptions = z.strictObject({
  maxInputBytes: z.number().positive().default(usualMaxInputBytes),
});

type Counts = { -readonly [Key in keyof CheckedHistory]: CheckedHistory[Key] };

function count(counts: Counts, record: HistoryRecord): void {
  if (record.kind === 'start') counts.incarnations++;
  if (record.kind === 'snapshot') counts.snapshots++;
  if (record.kind !== 'event') return;
  counts.events++;
  counts.changes += record.changes.length;
}
