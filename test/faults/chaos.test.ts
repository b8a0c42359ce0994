import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type JsonSummary, endOf, startPanoptes } from '../fixtures/panoptes-command.js';

/** Real seconds; `PANOPTES_SOAK_SECONDS=600` is the long form, in which memory is watched too. */
const seconds = Number(process.env['PANOPTES_SOAK_SECONDS'] ?? 10);
/** From there on, memory is compared with what it was after a fifth of the time. */
const longEnough = 60;
/** Virtual seconds in a real one. */
const speed = 60;

/** Twenty observers, on whom a fault falls every half second or so. */
const args = [
  ...['run', 'bittorrent-debian', '--peers', '200', '--seed', 'soak', '--json'],
  ...['--duration', `${seconds * speed}s`, '--speed', `${speed}x`],
  ...['--observers', 'kademlia*7,mesh*7,validators*6', '--fault', `chaos@${speed / 2}s`],
];

/** A process's resident memory in kilobytes. */
function residentKb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]);
}

/** The median of what memory was over some seconds. */
async function residentOver(pid: number, overSeconds: number): Promise<number> {
  const readings: number[] = [];
  for (let reading = 0; reading < overSeconds; reading++) {
    readings.push(residentKb(pid));
    await pause(1_000);
  }
  return readings.sort((a, b) => a - b)[Math.floor(readings.length / 2)]!;
}

it(
  'random faults on twenty observers: all agree in the end, and the process ends by itself',
  async () => {
    const child = startPanoptes(...args);
    const end = endOf(child);
    if (seconds >= longEnough && existsSync('/proc')) {
      const window = Math.floor(seconds / 10);
      await pause(2 * window * 1_000);
      const early = await residentOver(child.pid!, window);
      await pause(6 * window * 1_000);
      expect((await residentOver(child.pid!, window - 5)) / early).toBeLessThan(1.1);
    }
    const { code, stdout, stderr } = await end;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { verdict, observers, faults } = JSON.parse(stdout) as JsonSummary;
    expect(verdict).toBe('pass');
    expect(observers).toHaveLength(20);
    expect(faults!.length).toBeGreaterThan(seconds);
    expect(faults!.filter(({ seq }) => seq === null)).toEqual([]);
    expect(observers.reduce((sum, { restarts }) => sum + restarts, 0)).toBeGreaterThan(seconds / 2);
  },
  (seconds + 120) * 1_000,
);
