import { systemClock } from '@panoptes/core';
import { openRegistry, simulate } from '@panoptes/sim';
import { builtIn } from '@panoptes/workers';
import { expect, it } from 'vitest';
import type { ObserverPort } from '../../packages/sim/src/driver/registry-port.js';
import type { SimulationWatch } from '../../packages/sim/src/driver/simulation-watch.js';
import { presetScenario } from '../../packages/sim/src/scenario/preset-scenario.js';
import { RunWatch } from '../../packages/sim/src/scenario/run/run-watch.js';
import { prepareScenario } from '../../packages/sim/src/scenario/run/scenario-run.js';

const names = ['kademlia', 'mesh', 'validators'] as const;

/** What queries say of what the observers' figures say. */
const askers: Readonly<Record<string, (port: ObserverPort) => Promise<number>>> = {
  'kademlia contacts': (port) => port.ask('size', []) as Promise<number>,
  'kademlia bucketOccupancy.count': async (port) =>
    ((await port.ask('bucketOccupancy', [])) as unknown[]).length,
  'mesh components': async (port) => ((await port.ask('components', [])) as unknown[]).length,
  'mesh isolated': async (port) =>
    ((await port.ask('counts', [])) as { isolated: number }).isolated,
  'mesh articulationPoints': async (port) =>
    ((await port.ask('articulationPoints', [])) as unknown[]).length,
  'validators weight': (port) => port.ask('totalWeight', []) as Promise<number>,
};

it.each([
  ['1', 1],
  ['2', 1],
  ['3', 4],
] as const)(
  'what the course of a run says is what a query says at that sample (seed %s, one in %i)',
  async (seed, samplesAReading) => {
    const overrides = Object.entries({ 'population.peers': 150, 'phases.0.duration': '40m', seed });
    const { churn } = await prepareScenario(
      presetScenario(
        'kad',
        overrides.map(([key, value]) => ({ key, value })),
      ),
    );
    const watch = new RunWatch({
      sampling: { everyMs: 60_000, most: 1_000, samplesAReading },
      phases: [
        { phase: { name: 'run', kind: 'run' }, startsAt: 0, endsAt: Number.POSITIVE_INFINITY },
      ],
      observers: names,
      clock: systemClock,
      rssBytes: () => 0,
    });
    const ports = new Map<string, ObserverPort>();
    /** What was asked each time the watch looked, with how many samples there were before. */
    const asked: { readonly taken: number; readonly answers: Map<string, number> }[] = [];
    const looking: SimulationWatch = {
      get nextLookAt() {
        return watch.nextLookAt;
      },
      opened: (simulation) => watch.opened(simulation),
      // Without being timed: what does that is not built beside the source.
      moduleOf: (module) => module,
      registered(port) {
        ports.set(port.name, port);
        watch.registered(port);
      },
      ordered: (fault) => watch.ordered(fault),
      before: () => watch.before(),
      sent: (command) => watch.sent(command),
      closing: () => watch.closing(),
      async look(until) {
        const looked = watch.look(until);
        if (looked === undefined) return;
        await looked;
        const answers = new Map<string, number>();
        for (const [what, ask] of Object.entries(askers)) {
          answers.set(what, await ask(ports.get(what.split(' ')[0]!)!));
        }
        asked.push({ taken: watch.series.at.length, answers });
      },
    };
    const { verdict } = await simulate({
      ...{ source: churn, seed, speed: Infinity, clock: systemClock, openRegistry, watch: looking },
      observers: names.map((name) => ({ name, module: new URL(builtIn(name)) })),
    } as never);
    expect(verdict).toBe('pass');
    const { series } = watch;
    expect(series.at.length).toBeGreaterThan(40);
    for (const what of Object.keys(askers)) {
      const [name, figure] = what.split(' ');
      const { metrics } = series.observers.find((one) => one.name === name)!;
      const { values } = metrics!.find((one) => one.figure === figure)!;
      // The first one is before the first event: there is nothing yet.
      expect(values[0]).toBeNull();
      // One in so many is known, and those that come before anything else is sent.
      const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
      expect(known.length).toBeGreaterThanOrEqual(Math.floor(values.length / samplesAReading) - 1);
      for (const { value, at } of known) {
        const said = asked.findLast(({ taken }) => taken <= at)?.answers.get(what);
        expect(value, what).toBe(said);
      }
      expect(values.at(-1), what).not.toBeNull();
    }
  },
);
