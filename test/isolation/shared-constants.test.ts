import * as core from '@panoptes/core';
import * as coreOfCallers from '@panoptes/core/caller';
import * as coreOfFollowers from '@panoptes/core/follower';
import * as coreOfThreads from '@panoptes/core/observer';
import * as dashboard from '@panoptes/dashboard';
import * as sim from '@panoptes/sim';
import * as bench from '@panoptes/bench';
import * as store from '@panoptes/store';
import * as testkit from '@panoptes/testkit';
import * as testkitOfThreads from '@panoptes/testkit/observer';
import * as tracing from '@panoptes/tracing';
import * as workers from '@panoptes/workers';
import * as workersOfCallers from '@panoptes/workers/caller';
import * as workersOfThreads from '@panoptes/workers/observer';
import { expect, it } from 'vitest';

/** Paths of what is not frozen in a value. */
function* unfrozen(value: unknown, path: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if (!Object.isFrozen(value)) yield path;
  for (const [key, inner] of Object.entries(value)) yield* unfrozen(inner, `${path}.${key}`);
}

const packages = {
  ...{
    core,
    coreOfThreads,
    coreOfCallers,
    coreOfFollowers,
    workers,
    workersOfThreads,
    workersOfCallers,
  },
  ...{ testkit, testkitOfThreads, store, dashboard, tracing, sim, bench },
};

it.each(Object.entries(packages))(
  'nobody can change for others what a package exports: %s',
  (_, exported) => {
    // A schema is its library's, which keeps in it what it has found out.
    const schemas = ['memoryLimitOption', 'observerTerms', 'subscriptionShape', 'processTerms'];
    const own = Object.entries(exported).filter(([name]) => !schemas.includes(name));
    expect(own.flatMap(([name, value]) => [...unfrozen(value, name)])).toEqual([]);
  },
);

it('the fields of a peer, the presets and the figures are among it', () => {
  const change = (constant: object): (() => void) => {
    return () => Object.assign(constant, { kind: 'number', durationMs: 1, id: 'mine' });
  };
  expect(change(core.peerFields.peerId.fields.nodeId)).toThrow(TypeError);
  expect(change(sim.presets['kad']!.session)).toThrow(TypeError);
  expect(change(core.figures.observers[0])).toThrow(TypeError);
  expect(change(core.observerTerms)).toThrow(TypeError);
});
