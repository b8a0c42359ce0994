import { ConfigError } from '@panoptes/core';
import { describe, expect, it } from 'vitest';
import { faults } from '../fault-table.js';
import { parseFaultRequest } from './fault-request.js';
import { type ScheduledFault, scheduleFaults } from './fault-schedule.js';

const observers = ['kademlia', 'mesh-1', 'mesh-2'];
const hourMs = 3_600_000;

const scheduled = (texts: string[], seed = '1', spanMs: number | undefined = hourMs) =>
  scheduleFaults(texts.map(parseFaultRequest), { observers, seed, spanMs });

describe('a fault that was asked for', () => {
  it.each([
    ['loop', { fault: 'loop', observer: 'kademlia', atMs: 0 }],
    ['exit:mesh-2', { fault: 'exit', observer: 'mesh-2', atMs: 0 }],
    ['exit@90s', { fault: 'exit', observer: 'kademlia', atMs: 90_000 }],
    ['never-resolves:mesh-1@2h', { fault: 'never-resolves', observer: 'mesh-1', atMs: 2 * hourMs }],
  ])('%s strikes whom it names, when it says', (text, expected) => {
    expect(scheduled([text])).toEqual([expected]);
  });

  it('strikes in order of time, whatever the order in which it was asked for', () => {
    const order = scheduled(['exit@3s', 'loop@1s', 'slow@2s']).map(({ fault }) => fault);
    expect(order).toEqual(['loop', 'slow', 'exit']);
  });

  it.each([
    ['', 'expected a fault, its observer and its time'],
    ['loop:', 'expected a fault, its observer and its time'],
    ['loop@', 'expected a fault, its observer and its time'],
    ['Loop', 'expected a fault, its observer and its time'],
    ['lop', "there is no fault 'lop'; did you mean 'loop'?"],
    ['constructor', "there is no fault 'constructor'"],
    ['loop@soon', 'expected a duration above 0 with a unit (ms, s, m, h, d or w)'],
    ['loop:mesh-3', "there is no observer 'mesh-3' (there are: kademlia, mesh-1, mesh-2)"],
    ['loop:kademila', "did you mean 'kademlia'?"],
    ['chaos:mesh-1', 'chaos strikes every observer'],
  ])('%j is refused: %s', (text, words) => {
    expect(() => scheduled([text])).toThrow(ConfigError);
    expect(() => scheduled([text])).toThrow(words);
  });
});

describe('chaos', () => {
  const times = (list: ScheduledFault[]): number[] => list.map(({ atMs }) => atMs);

  it('is the same for the same seed, and another for another', () => {
    expect(scheduled(['chaos'], 'a')).toEqual(scheduled(['chaos'], 'a'));
    expect(scheduled(['chaos'], 'a')).not.toEqual(scheduled(['chaos'], 'b'));
  });

  it('comes about as often as it was told, over the whole run and to all observers', () => {
    const list = scheduled(['chaos@10s']);
    expect(list.length).toBeGreaterThan(270);
    expect(list.length).toBeLessThan(450);
    expect(times(list)).toEqual(times(list).sort((a, b) => a - b));
    expect(list.at(-1)!.atMs).toBeGreaterThan(0.9 * hourMs);
    expect(list.at(-1)!.atMs).toBeLessThan(hourMs);
    expect(new Set(list.map(({ observer }) => observer))).toEqual(new Set(observers));
  });

  it('brings a few faults to each observer unless it is told how often', () => {
    const counts = Array.from(
      { length: 10 },
      (_, seed) => scheduled(['chaos'], String(seed)).length,
    );
    const mean = counts.reduce((sum, count) => sum + count) / counts.length;
    expect(mean).toBeGreaterThan(5);
    expect(mean).toBeLessThan(13);
  });

  it('has nothing in it that may take the process down, or that lasts', () => {
    const names = new Set(scheduled(['chaos@1s']).map(({ fault }) => fault));
    expect(names.size).toBeGreaterThan(12);
    for (const name of names) {
      const { uncontained, needsProcess, lasts } = faults[name]!;
      expect({ name, uncontained, needsProcess, lasts }).toEqual({ name });
    }
  });

  it('is refused where nobody knows how long the run is', () => {
    const spanless = () =>
      scheduleFaults([parseFaultRequest('chaos')], { observers, seed: '1', spanMs: undefined });
    expect(spanless).toThrow('chaos has to know how long the run is');
  });
});
