import { systemClock } from '@panoptes/core';
import { builtIn } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { openRegistry } from './open-registry.js';
import { simulate } from './simulation.js';
import { type SimulationOptions, simulationOptions } from './simulation-options.js';

const none = (): AsyncIterable<never> => new ReadableStream<never>();

/** More than any stack holds, when each level takes a call. */
const deep = (): unknown => Array.from({ length: 100_000 }).reduce((inner) => [inner], 1);

const source = {
  ...{ name: 'made up', kind: 'a test', epochMs: 0, events: none() },
  ...{ spanMs: () => 0, fractionRead: () => 1 },
};
const observer = { name: 'a', module: new URL('file:///a.js') };
const good = { source, seed: null, observers: [], speed: 1, clock: systemClock, openRegistry };

const bad: readonly (readonly [string, object, RegExp])[] = [
  ['no source', { source: undefined }, /source/],
  [
    'events that are none',
    { source: { ...source, events: [] } },
    /'source.events': expected events/,
  ],
  ['a time that is none', { source: { ...source, epochMs: Number.NaN } }, /'source.epochMs'/],
  ['a source that tells no span', { source: { ...source, spanMs: 5 } }, /'source.spanMs'/],
  ['a misspelt option', { withmodel: true }, /'withmodel': no such option.*withModel/],
  ['a speed of 0', { speed: 0 }, /'speed': expected a factor above 0/],
  ['a clock without hands', { clock: {} }, /'clock': expected an object with the methods/],
  [
    'a clock of promises',
    { clock: { ...systemClock, now: () => Promise.reject(Error()) } },
    /'clock'/,
  ],
  ['an observer without a name', { observers: [{ ...observer, name: '' }] }, /'observers.0.name'/],
  ['a module that is none', { observers: [{ ...observer, module: 'x' }] }, /'observers.0.module'/],
  [
    'options that are code',
    { observers: [{ ...observer, options: { a: [it] } }] },
    /'observers.0.options.a\[0\]'/,
  ],
  ['deep options', { observers: [{ ...observer, options: deep() }] }, /'observers.0.options/],
  [
    'a registration that is none',
    { observers: [{ ...observer, registration: { onLag: 'x' } }] },
    /'onLag'/,
  ],
  ['faults without a time', { faults: [{ fault: 'exit', observer: 'a' }] }, /'faults.0.atMs'/],
  [
    'a fault that there is not',
    { observers: [observer], faults: [{ fault: 'exot', observer: 'a', atMs: 0 }] },
    /^option 'faults.0.fault': expected one of .*exit.*, got 'exot'; did you mean 'exit'\?$/,
  ],
  [
    'a fault named like what every object has',
    { observers: [observer], faults: [{ fault: 'toString', observer: 'a', atMs: 0 }] },
    /^option 'faults.0.fault': expected one of .*, got 'toString'/,
  ],
  [
    'a victim that is not in the run',
    {
      observers: [{ ...observer, name: 'mesh' }, observer],
      faults: [
        { fault: 'exit', observer: 'a', atMs: 0 },
        { fault: 'exit', observer: 'mash', atMs: 0 },
      ],
    },
    /^option 'faults.1.observer': expected one of mesh, a, got 'mash'; did you mean 'mesh'\?$/,
  ],
  [
    'a fault in a run without observers',
    { faults: [{ fault: 'exit', observer: 'a', atMs: 0 }] },
    /^option 'faults.0.observer': expected no fault without an observer, got 'a'$/,
  ],
  ['no phase at all', { phases: [] }, /'phases'/],
  [
    'a phase that ends before it starts',
    { phases: [{ phase: { name: 'x', kind: 'y' }, startsAt: 5, endsAt: 1 }] },
    /'phases.0': expected an end after the start/,
  ],
  [
    'a phase of no time',
    { phases: [{ phase: { name: 'x', kind: 'y' }, startsAt: 5, endsAt: 5 }] },
    /'phases.0': expected an end after the start/,
  ],
  [
    'a registry that is none',
    { openRegistry: () => 5, startModel: () => idleModel },
    /'openRegistry': expected an object/,
  ],
  ['a model that is none', { startModel: () => null }, /'startModel': expected an object/],
  ['a watch that cannot be called', { watch: {} }, /'watch'/],
  ['a signal that is none', { signal: {} }, /'signal'/],
  ['an origin that is none', { origin: { file: 'a' } }, /'scenario': expected a scenario/],
  ['a deep scenario', { origin: { file: 'a', scenario: deep() } }, /'origin.scenario/],
  [
    'an observer as a scenario has it',
    { observers: [{ use: 'mesh' }] },
    /'observers\.0': expected the name of a built-in .*got \{ use: 'mesh' \}.*write 'mesh'/,
  ],
  [
    'a source not called',
    { source: () => [] },
    /'source': expected events .*call it: source: churn/,
  ],
  ['no source', { source: null }, /'source': expected events .* or a ChurnSource, got null$/],
  ['a source by name', { source: 'kad' }, /'source': expected events .* got 'kad'$/],
  ['observers in a map', { observers: new Map() }, /'observers': expected a list, got a Map/],
  ['a time to hang of 0', { hangTimeoutMs: 0 }, /'hangTimeoutMs'/],
];

const nothing = (): undefined => undefined;
const idleModel = {
  ...{ apply: nothing, account: nothing, stamps: nothing, profiles: [], progress: 0 },
  close: () => Promise.resolve(true),
};

describe('the options of a simulation', () => {
  it.each(bad)('are refused with their place: %s', async (_, more, message) => {
    const given = { ...good, ...more } as unknown as SimulationOptions;
    const refusal = simulate(given);
    await expect(refusal).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(refusal).rejects.toThrow(message);
  });

  it('are copied, each read once; what is to be called stays the caller’s', () => {
    const looks: PropertyKey[] = [];
    const seen = <Target extends object>(what: string, target: Target): Target =>
      new Proxy(target, {
        get: (of, key) => {
          looks.push(`${what} ${String(key)}`);
          return Reflect.get(of, key) as unknown;
        },
      });
    class Spanned {
      readonly #spanMs = 7;
      spanMs(): number {
        return this.#spanMs;
      }
    }
    const { name, kind, epochMs, events, fractionRead } = source;
    const rest = { name, kind, epochMs, events, fractionRead };
    const spanned = Object.assign(new Spanned(), rest);
    const options = { deep: [1] };
    const own = simulationOptions(
      seen('options', {
        ...good,
        source: spanned,
        observers: [seen('observer', { ...observer, options })],
      }),
    );
    expect(looks).toEqual([...new Set(looks)]);
    options.deep.push(2);
    expect(own.observers).toEqual([{ ...observer, options: { deep: [1] } }]);
    expect(own.source.spanMs()).toBe(7);
  });

  it('ask a source for what it tells, and believe no span that is none', () => {
    const own = simulationOptions({ ...good, source: { ...source, spanMs: () => Number.NaN } });
    expect(() => own.source.spanMs()).toThrow(/^made up: expected a span from 0 on, got NaN/);
  });

  it('may be no more than events and observers, of which built-in ones go by their names', () => {
    const module = builtIn('mesh');
    for (const events of [[], none()]) {
      const own = simulationOptions({ source: events, observers: ['mesh'] });
      expect(own).toMatchObject({
        source: { name: 'events from code', epochMs: Date.UTC(2026, 0, 1) },
        observers: [{ name: 'mesh', module }],
        seed: null,
        speed: Number.POSITIVE_INFINITY,
        clock: systemClock,
      });
    }
    const misspelt = (): unknown => simulationOptions({ source: [], observers: ['mehs'] });
    expect(misspelt).toThrow(/'observers.0': expected .*mesh/);
  });

  it('have their faults in the order of time, whatever the order in which they are given', () => {
    const at = (atMs: number) => ({ fault: 'exit', observer: 'a', atMs });
    const own = simulationOptions({
      ...good,
      observers: [observer],
      faults: [at(20), at(5), at(9)],
    });
    expect(own.faults!.map(({ atMs }) => atMs)).toEqual([5, 9, 20]);
  });
});
