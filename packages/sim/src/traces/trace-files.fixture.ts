import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChurnEvent, nodeIdOf } from '@panoptes/testkit';
import { afterEach } from 'vitest';
import type { ChurnSource } from '../churn/churn-source.js';
import { usualReading } from '../input/reading.js';
import { openTrace } from './open-trace.js';
import { TraceError } from './trace-error.js';

const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

/** Writes a file that is gone after the test. Returns its path. */
export function traceFile(name: string, content: string | Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), 'panoptes-trace-'));
  directories.push(directory);
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** Opens a trace that must be whole. */
export const openStrictly = (path: string): Promise<ChurnSource> =>
  openTrace(path, { ...usualReading, strict: true });

/** All events of a source. */
export async function eventsOf(source: ChurnSource | Promise<ChurnSource>): Promise<ChurnEvent[]> {
  const events: ChurnEvent[] = [];
  for await (const event of (await source).events) events.push(event);
  return events;
}

/** The TraceError that reading a source ends with. */
export async function traceErrorOf(
  source: Promise<ChurnSource> | ChurnSource,
): Promise<TraceError> {
  try {
    await eventsOf(source);
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
  throw new Error('expected a TraceError, but the whole source could be read');
}

/** An event in short: when, what, who. */
export const brief = (event: ChurnEvent): string => `${event.at} ${event.kind} ${nodeIdOf(event)}`;
