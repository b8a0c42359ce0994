import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type JsonSummary, endOf, startWith } from '../fixtures/panoptes-command.js';

/** Real seconds; `PANOPTES_SOAK_SECONDS=600` is the long form, in which memory is watched too. */
const seconds = Number(process.env['PANOPTES_SOAK_SECONDS'] ?? 15);
/** From there on, memory is compared with what it was at the second minute of ten. */
const longEnough = 60;
/** Virtual seconds in a real one. */
const speed = 60;

/** Twenty observers, on whom a fault falls every second or so. */
const args = [
  ...['run', 'bittorrent-debian', '--peers', '200', '--seed', 'soak', '--json'],
  ...['--duration', `${seconds * speed}s`, '--speed', `${speed}x`],
  ...['--observers', 'kademlia*7,mesh*7,validators*6', '--fault', `chaos@${speed}s`],
];

/** What V8 keeps for the young objects of each thread comes and goes; a leak must not drown in it. */
const smallHeaps = ['--max-semi-space-size=1'];

/** Resident memory of a process in kilobytes, each time, by how many threads it had then. */
type Readings = ReadonlyMap<number, readonly number[]>;

/** Reads a process's memory once a second. */
async function residentOver(pid: number, overSeconds: number): Promise<Readings> {
  const readings = new Map<number, number[]>();
  for (let reading = 0; reading < overSeconds; reading++) {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const field = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)![1]);
    const threads = field('Threads');
    readings.set(threads, [...(readings.get(threads) ?? []), field('VmRSS')]);
    await pause(1_000);
  }
  return readings;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/**
 * How much larger a process has become. A thread takes a dozen megabytes, and who is being restarted or
 * was given up has none: like is compared with like, seconds with as many threads.
 */
function growth(early: Readings, late: Readings): number {
  const ratios = [...late].flatMap(([threads, now]) => {
    const before = early.get(threads);
    if (before === undefined) return [];
    const weight = Math.min(before.length, now.length);
    return [{ ratio: median(now) / median(before), weight }];
  });
  const total = ratios.reduce((sum, { weight }) => sum + weight, 0);
  return ratios.reduce((sum, { ratio, weight }) => sum + ratio * weight, 0) / total;
}

it(
  'random faults on twenty observers: all agree in the end, and the process ends by itself',
  async () => {
    const isWatched = seconds >= longEnough && existsSync('/proc');
    const child = startWith(isWatched ? smallHeaps : [], ...args);
    const end = endOf(child);
    if (isWatched) {
      const minute = Math.floor(seconds / 10);
      await pause(minute * 1_000);
      const early = await residentOver(child.pid!, 2 * minute);
      await pause(5 * minute * 1_000);
      expect(growth(early, await residentOver(child.pid!, 2 * minute - 5))).toBeLessThan(1.1);
    }
    const { code, stdout, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { verdict, observers, faults } = JSON.parse(stdout) as JsonSummary;
    expect(verdict).toBe('pass');
    expect(observers).toHaveLength(20);
    expect(faults!.length).toBeGreaterThan(seconds / 2);
    expect(faults!.filter(({ seq }) => seq === null)).toEqual([]);
    expect(observers.reduce((sum, { restarts }) => sum + restarts, 0)).toBeGreaterThan(seconds / 4);
  },
  // A fault waits until its observer is back from the last one, and the run with it.
  (3 * seconds + 120) * 1_000,
);
