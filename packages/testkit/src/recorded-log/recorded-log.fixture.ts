import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { HistoryRecord, RunEnding, RunFacts } from '../checkers/history.js';
import { recordedLogVersion } from './recorded-log-layout.js';
import { RecordedLogReader, type RecordedItem } from './recorded-log-reader.js';
import { createRecordedLog, endRecordedLog, RecordedLogSink } from './recorded-log-writer.js';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** A path in a directory that is gone after the test. */
export function newFile(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'panoptes-record-'));
  directories.push(directory);
  return join(directory, name);
}

/** Facts of a run with these observers. */
export const factsOf = (...names: readonly string[]): RunFacts => ({
  observers: names.map((name) => ({ name, kind: 'kind' })),
  maxPeers: 1_000,
  maxObservers: 10,
  restarts: { maxRestarts: 5, withinMs: 60_000 },
});

/** A block to be written: whose records, at what time. */
export interface Part {
  readonly observer: number;
  readonly incarnation: number;
  readonly at?: number;
  readonly records: readonly HistoryRecord[];
}

/** Writes a recorded log of blocks. Returns its path. */
export function writeLog(facts: RunFacts, parts: readonly Part[], ending?: RunEnding): string {
  const file = newFile('run.plog');
  createRecordedLog(file, {
    format: 'panoptes.recorded-log',
    version: recordedLogVersion,
    node: 'v20.20.2',
    source: 'hand-made',
    seed: null,
    facts,
  });
  const sinks = new Map<string, RecordedLogSink>();
  let now = 0;
  for (const { observer, incarnation, at = 0, records } of parts) {
    const key = `${observer} ${incarnation}`;
    const sink =
      sinks.get(key) ?? new RecordedLogSink(file, { observer, incarnation }, { now: () => now });
    sinks.set(key, sink);
    now = at;
    for (const record of records) sink.take(record);
    sink.flush();
  }
  for (const sink of sinks.values()) sink.close();
  if (ending !== undefined) endRecordedLog(file, ending, now);
  return file;
}

/** All that a recorded log holds. */
export const readLog = (file: string): Promise<RecordedItem[]> =>
  RecordedLogReader.with(file, async (reader) => {
    const items: RecordedItem[] = [];
    for await (const item of reader.items()) items.push(item);
    return items;
  });
