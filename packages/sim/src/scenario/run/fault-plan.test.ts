import { PanoptesError } from '@panoptes/core';
import { faults, type PlannedFault } from '@panoptes/testkit';
import { describe, expect, it } from 'vitest';
import { parseFault } from '../../commands/fault-flag.js';
import type { Override } from '../file/scenario-document.js';
import { parseScenario } from '../file/scenario-file.js';
import { planFaults } from './fault-plan.js';

const hourMs = 3_600_000;
const observers = ['kademlia', 'mesh-1', 'mesh-2'];
const head = 'version: 1\nobservers: [kademlia, { use: mesh, count: 2 }]\n';
const anHour =
  'population: { peers: 9 }\nphases: [{ kind: warm-up, duration: 20m }, { kind: steady, duration: 40m }]\n';

const planOf = (text: string, overrides: readonly Override[] = []): PlannedFault[] =>
  planFaults(parseScenario({ file: 'x.yaml', text: head + text, overrides }));

/** As `--fault` asks for them. */
const scheduled = (texts: string[], seed = '1', rest = anHour): PlannedFault[] =>
  planOf(
    `seed: ${seed}\n${rest}`,
    texts.flatMap((text) => parseFault(text)),
  );

describe('a fault of a scenario', () => {
  it('strikes by the time of the run or of its phase, and the first observer unless it says whom', () => {
    const list =
      'faults: [{ fault: loop, observer: mesh-2, phase: steady, at: 5m }, { fault: exit, at: 7m }, { fault: slow }]';
    expect(planOf(`${anHour}${list}\n`)).toEqual([
      { fault: 'slow', observer: 'kademlia', atMs: 0 },
      { fault: 'exit', observer: 'kademlia', atMs: 420_000 },
      { fault: 'loop', observer: 'mesh-2', atMs: 1_500_000 },
    ]);
  });

  it('that ends a process may strike an observer in one of its own, and no other', () => {
    const given = (host: string): PlannedFault[] => {
      const text = `version: 1\nobservers: [{ use: mesh, host: ${host} }]\n${anHour}`;
      return planFaults(
        parseScenario({ file: 'x.yaml', text, overrides: parseFault('native-crash@1m') }),
      );
    };
    expect(given('process')).toEqual([{ fault: 'native-crash', observer: 'mesh', atMs: 60_000 }]);
    expect(() => given('thread')).toThrow(
      "faults.0.observer: expected an observer in a process (host: process); 'native-crash' of",
    );
  });

  it('that is asked for from outside comes to those that the scenario has', () => {
    const own = `${anHour}faults: [{ fault: exit, observer: mesh-1, at: 1m }]\n`;
    expect(scheduled(['loop', 'slow:mesh-2@2m'], '1', own).map(({ fault }) => fault)).toEqual([
      'loop',
      'exit',
      'slow',
    ]);
  });
});

describe('a fault that was asked for', () => {
  it.each([
    ['loop', { fault: 'loop', observer: 'kademlia', atMs: 0 }],
    ['exit:mesh-2', { fault: 'exit', observer: 'mesh-2', atMs: 0 }],
    ['exit@90s', { fault: 'exit', observer: 'kademlia', atMs: 90_000 }],
    ['never-resolves:mesh-1@1h', { fault: 'never-resolves', observer: 'mesh-1', atMs: hourMs }],
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
    ['loop:mesh-3', "expected one of kademlia, mesh-1, mesh-2, got 'mesh-3'"],
    ['loop@2h', 'expected a time before the end of the run'],
    ['loop:kademila', "did you mean 'kademlia'?"],
    ['chaos:mesh-1', 'chaos strikes every observer'],
  ])('%j is refused: %s', (text, words) => {
    expect(() => scheduled([text])).toThrow(PanoptesError);
    expect(() => scheduled([text])).toThrow(words);
  });
});

describe('chaos', () => {
  const times = (list: PlannedFault[]): number[] => list.map(({ atMs }) => atMs);

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

  it('brings those in processes everything that strikes once, and those on threads what it did', () => {
    const observers = 'observers: [kademlia, { use: mesh, host: process }]';
    const rest = `${anHour}faults: [{ fault: chaos, every: 1s }]\n`;
    const planWith = (list: string): PlannedFault[] =>
      planFaults(
        parseScenario({ file: 'x.yaml', text: `version: 1\n${list}\n${rest}`, overrides: [] }),
      );
    const plan = planWith(observers);
    const namesOf = (name: string) =>
      new Set(plan.filter(({ observer }) => observer === name).map(({ fault }) => fault));
    for (const name of ['kill-process', 'native-crash', 'native-block-for-ever', 'memory-set']) {
      expect([name, namesOf('mesh').has(name), namesOf('kademlia').has(name)]).toEqual([
        ...[name, true, false],
      ]);
    }
    const onThreads = planWith(observers.replace(', host: process', ''));
    const ofKademlia = (list: PlannedFault[]) =>
      list.filter(({ observer }) => observer === 'kademlia');
    expect(ofKademlia(plan)).toEqual(ofKademlia(onThreads));
  });

  it('is refused where the length of the run is not known, and follows from its end', () => {
    const trace = 'source: { trace: x.avt }\n';
    expect(() => scheduled(['chaos'], '1', trace)).toThrow(
      /faults\.0\.fault: expected to know how long the run is, for chaos; .*'source\.until'/,
    );
    const ended = 'source: { trace: x.avt, until: 1h }\n';
    expect(scheduled(['chaos'], 'a', ended)).toEqual(scheduled(['chaos'], 'a'));
  });

  it('spares observers that are on the thread of the run', () => {
    const inline = 'observers: [{ use: kademlia, host: inline }, mesh]';
    const rest = `${anHour}faults: [{ fault: chaos, every: 10s }]\n`;
    const text = `version: 1\n${inline}\n${rest}`;
    const plan = planFaults(parseScenario({ file: 'x.yaml', text, overrides: [] }));
    expect(new Set(plan.map(({ observer }) => observer))).toEqual(new Set(['mesh']));
    expect(() =>
      parseScenario({ file: 'x.yaml', text: text.replace(', mesh]', ']'), overrides: [] }),
    ).toThrow('faults.0.fault: expected an observer on a thread');
  });

  it.each([
    ['{ fault: chaos, observer: mesh-1 }', 'faults.0.observer: expected none: chaos strikes every'],
    ['{ fault: chaos, phase: steady }', 'faults.0.phase: expected none'],
    ['{ fault: chaos, at: 1m }', 'faults.0.at: expected none'],
    ['{ fault: chaos, every: 1ms }', 'faults.0.every: expected at least 36ms, for 100000 faults'],
    ['{ fault: loop, every: 1m }', "faults.0.every: expected none: 'loop' strikes once"],
    ['{ fault: chaso }', "did you mean 'chaos'?"],
  ])('and what goes with it: %s is refused', (spec, words) => {
    expect(() => planOf(`${anHour}faults: [${spec}]\n`)).toThrow(words);
  });
});
