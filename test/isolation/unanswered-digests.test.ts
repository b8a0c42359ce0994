import { performance } from 'node:perf_hooks';
import { type GivenEvent, simulate } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { expect, it } from 'vitest';

const unruly = new URL('../fixtures/unruly.observer.mjs', import.meta.url);
const options = { how: 'never settles', in: 'digest' };
const joins = ['aa', 'bb'].map((nodeId, at): GivenEvent => ({
  at,
  kind: 'join',
  peer: profileOf(nodeId),
}));

const ways = [
  [
    { checks: 'full' },
    /^ends the plain model: observer 'unruly' shows no sign of life .* in digest/,
  ],
  [{ checks: 'full', withModel: false }, /^no digest: observer 'unruly' did not answer/],
  [{ checks: 'digest' }, /^no digest: observer 'unruly' did not answer/],
] as const;

const cases = (['thread', 'inline'] as const).flatMap((host) =>
  ways.map(([how, problem]) => [host, how, problem] as const),
);

it.each(cases)(
  'a digest that never settles, on host %s with %j, fails the run by name',
  async (host, how, problem) => {
    const startedAt = performance.now();
    const summary = await simulate({
      source: joins,
      observers: [{ name: 'unruly', module: unruly, options, registration: { host } }, 'mesh'],
      hangTimeoutMs: 1_000,
      ...how,
    });
    const [own, mesh] = summary.observers;
    expect(summary.verdict).toBe('fail');
    expect(own).toMatchObject({ name: 'unruly', digest: null });
    expect(own!.problem).toMatch(problem);
    expect(mesh).toMatchObject({ delivered: 2 });
    expect(mesh!.digest).not.toBeNull();
    // Far less than the ten minutes that a run has for what is slow.
    expect(performance.now() - startedAt).toBeLessThan(300_000);
  },
);
