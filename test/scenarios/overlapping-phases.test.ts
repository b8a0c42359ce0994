import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { RunDocument } from '../../packages/sim/src/report/run-document.js';
import { commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const file = fileURLToPath(new URL('../../examples/scenarios/bad-day.yaml', import.meta.url));

async function run(...changes: string[]): Promise<RunDocument> {
  const { stdout } = await panoptes(
    ...['run', file, '--json', '--set', 'thresholds={}', '--set', 'checks.every=1m'],
    ...changes.flatMap((change) => ['--set', change]),
  );
  return JSON.parse(stdout) as RunDocument;
}

/** What does not depend on real time. */
const simulated = ({ phases, logDigest, series, peers }: RunDocument): unknown => [
  logDigest,
  peers,
  series.online,
  phases.map(({ observers, ...own }) => [own, observers.map(({ metrics }) => metrics)]),
];

it('a run with phases at the same time is the same for the same seed, in all that is simulated', async () => {
  const [first, again, other] = [await run(), await run(), await run('seed=2')];
  expect(first.verdict).toBe('pass');
  expect(simulated(again)).toEqual(simulated(first));
  expect(other.logDigest).not.toBe(first.logDigest);
});

it('its figures are counted once, and each phase has those of its own span', async () => {
  const { virtualMs, phases, series, joins, leaves, updates, peers } = await run();
  const minute = 60_000;
  expect(
    phases.map(({ name, startsAt, endsAt }) => [name, startsAt / minute, endsAt / minute]),
  ).toEqual([
    ['day', 0, 240],
    ['partition', 30, 90],
    ['flash-crowd', 45, 65],
    ['sensors-out', 120, 160],
    ['gateways-out', 140, 180],
  ]);
  expect(virtualMs).toBe(240 * minute);
  const [day] = phases;
  // Those who are there at the start come in no phase.
  expect([day!.joins + peers.initial, day!.updates, day!.leaves]).toEqual([joins, updates, leaves]);
  for (const phase of phases.slice(1)) {
    const [from, to] = [phase.startsAt, phase.endsAt].map((at) => series.at.indexOf(at));
    // What happens at the very instant of a sample comes after it.
    const counted = (column: readonly number[]): number => column[to!]! - column[from!]!;
    expect([phase.joins, phase.updates, phase.leaves]).toEqual(
      [series.joins, series.updates, series.leaves].map(counted),
    );
    const { lag } = series.observers[0]!;
    const own = lag.slice(from, to);
    expect(phase.observers[0]!.lag.max).toBe(Math.max(...own));
    expect(phase.observers[0]!.latencyMs!.count).toBeLessThan(day!.observers[0]!.latencyMs!.count);
  }
});

it('a fault of a phase strikes by its span, and counts for each that there is then', async () => {
  const fault = '{ fault: exit, observer: mesh, phase: gateways-out, at: 5m }';
  const paced = await run(`faults=[${fault}]`, 'phases.0.duration=5h');
  expect(paced.verdict).toBe('pass');
  expect(paced.faults).toMatchObject([{ observer: 'mesh', atMs: (140 + 5) * 60_000 }]);
  const restarts = new Map(
    paced.phases.map(({ name, observers }) => [name, observers[0]!.restarts]),
  );
  expect([restarts.get('day'), restarts.get('partition'), restarts.get('flash-crowd')]).toEqual([
    1, 0, 0,
  ]);
});
