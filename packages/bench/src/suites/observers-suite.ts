import { type ObserverHandle, systemClock } from '@panoptes/core';
import { builtIn, builtInNames } from '@panoptes/workers';
import type { BenchPlan } from '../bench-plan.js';
import { BenchMismatchError } from '../bench-error.js';
import type { Contest, Entrant } from '../contest.js';
import { patienceMs } from '../systems/panoptes-system.js';
import { Population } from '../workload/population.js';
import { upsertMany } from '../workload/upsert-windows.js';
import type { Suite } from './suite.js';

/**
 * What the built-in observers take, each on its thread, before registries of any size: until one is
 * live, to follow changes, to answer and for a digest after a change.
 */
export const observersSuite: Suite = {
  name: 'observers',
  contests: (plan) =>
    plan.observedPeers.flatMap((peers) =>
      builtInNames.map((name) => () => openContest(name, peers, plan)),
    ),
};

type Name = (typeof builtInNames)[number];
type Handle = ObserverHandle;

async function openContest(name: Name, peers: number, { seed }: BenchPlan): Promise<Contest> {
  const population = await Population.open(peers, seed);
  const observed = new Observed(name, population);
  const entrants = [loading(observed), following(observed), digesting(observed)];
  if (name === 'kademlia') entrants.push(asking(observed, 1), asking(observed, 64));
  return { entrants, close: () => population.close() };
}

/** A built-in observer that is registered when it is first needed, and again at each `load`. */
class Observed {
  #handle: Promise<Handle> | undefined;

  constructor(
    readonly name: Name,
    readonly population: Population,
  ) {}

  handle(): Promise<Handle> {
    return (this.#handle ??= this.population.registry.registerObserver({
      module: builtIn(this.name),
      name: this.name,
      onLag: 'block',
    }) as Promise<Handle>);
  }

  /** Has it begin anew. */
  async load(): Promise<Handle> {
    if (this.#handle !== undefined) await this.population.registry.unregisterObserver(this.name);
    this.#handle = undefined;
    return this.handle();
  }

  async settled(): Promise<void> {
    await this.handle();
    await this.population.registry.settled(undefined, { timeoutMs: patienceMs });
  }

  /** Changes so many peers, and waits until it has seen that. */
  async change(count: number): Promise<void> {
    const { population } = this;
    await upsertMany(population.registry, count, () => population.entry(population.next()));
    await this.settled();
  }
}

/** An entrant for a built-in observer; its value is what a repetition takes by the clock. */
function entrantOf(
  { name, population }: Observed,
  figure: string,
  unit: 'ms' | 'µs',
  count: Entrant['count'],
  note: string,
  run: (count: number) => Promise<number>,
): Entrant {
  return {
    system: 'panoptes',
    observers: 1,
    peers: population.size,
    metrics: [{ name: `${name}: ${figure}`, unit, better: 'less' }],
    count,
    note,
    async run(times) {
      const elapsedMs = await run(times);
      return { elapsedMs, values: [(elapsedMs * (unit === 'µs' ? 1000 : 1)) / times] };
    },
  };
}

const loading = (observed: Observed): Entrant =>
  entrantOf(observed, 'registered', 'ms', 1, 'thread, module and a snapshot of all peers', () =>
    elapsed(() => observed.load()),
  );

const following = (observed: Observed): Entrant =>
  entrantOf(
    observed,
    'a change followed',
    'µs',
    'calibrated',
    'upserts, many outstanding, until the observer has handled them',
    (count) => elapsed(() => observed.change(count)),
  );

const digesting = (observed: Observed): Entrant =>
  entrantOf(observed, 'digest', 'ms', 1, 'after a change of one peer', async () => {
    const handle = await observed.handle();
    await observed.change(1);
    return elapsed(() => handle.digest({ timeoutMs: patienceMs }));
  });

/** @param atOnce - how many questions are outstanding at a time */
const asking = (observed: Observed, atOnce: number): Entrant =>
  entrantOf(
    observed,
    `closest 20, ${atOnce === 1 ? 'one by one' : `${atOnce} at once`}`,
    'µs',
    'calibrated',
    'a query, from the call to its answer',
    async (count) => {
      const handle = await observed.handle();
      await observed.settled();
      return elapsed(async () => {
        for (let left = count; left > 0; left -= atOnce) {
          const answers = Array.from({ length: Math.min(atOnce, left) }, () =>
            handle.ask('closest', [observed.population.nextId(), 20]),
          );
          for (const answer of await Promise.all(answers)) checkFound(answer);
        }
      });
    },
  );

function checkFound(answer: unknown): void {
  if (Array.isArray(answer) && answer.length === 20) return;
  throw new BenchMismatchError(
    'observers: expected the 20 closest peers, got others; no figures are reported',
  );
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = systemClock.monotonic();
  await work();
  return systemClock.monotonic() - start;
}
