import { createPeer, entryStamp, type PeerEntry, peersDigest, withPeer } from '@panoptes/core';
import { profileOf, PlainModel, plainIndexes } from '@panoptes/testkit';
import { defineObserver } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { gapDigest } from '../observers/log-name.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { DigestDesk } from './digest-desk.js';
import { ModelOracle } from './model-oracle.js';
import { fakeRegistry } from './fake-registry.fixture.js';

const counter = defineObserver({
  name: 'counter',
  setup: () => ({ events: 0 }),
  onEvents(batch, state) {
    state.events += batch.size;
  },
  digest: ({ events }) => String(events),
});

const peer = createPeer(profileOf('a'));

/** An oracle over an observer that gives these digests, one a check, and a registry of these peers. */
async function oracleOf(
  digests: readonly (string | Error)[],
  peers: readonly PeerEntry[] = [peer],
): Promise<ModelOracle> {
  const model = await PlainModel.start([{ name: 'counter', definition: counter }]);
  await model.apply({ at: 0, kind: 'join', peer });
  const registry = await fakeRegistry(new Map()).open({
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    observers: 1,
  });
  let check = 0;
  const digest = (): Promise<string> => {
    const answer = digests[check++]!;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return new ModelOracle(
    {
      ...registry,
      peers: plainIndexes(() => peers),
      digest: () => peersDigest(peers.map(entryStamp).reduce(withPeer, 0)),
    },
    new DigestDesk(new VirtualClock(0), 1),
    model,
    [{ name: 'counter', digest }],
  );
}

describe('the oracle of the model', () => {
  it('is there when digest and peers are equal at every check', async () => {
    const oracle = await oracleOf(['1', '1']);
    await oracle.check(false);
    await oracle.check(false);
    expect(oracle.checks).toBe(2);
    expect(oracle.registryProblem).toBeUndefined();
    expect(oracle.of('counter')).toMatchObject({ digest: '1', agrees: true });
  });

  it('is gone for good after one check that failed, though the next is right again', async () => {
    const oracle = await oracleOf(['0', '1']);
    await oracle.check(false);
    await oracle.check(false);
    expect(oracle.of('counter')).toMatchObject({
      digest: '1',
      agrees: false,
      problem: 'differs from the model at transaction 1',
    });
  });

  it('is gone after a check at which the observer could not be asked', async () => {
    const oracle = await oracleOf([new Error('its thread is gone'), '1']);
    await oracle.check(false);
    expect(oracle.of('counter')).toMatchObject({ digest: null, agrees: null });
    await oracle.check(false);
    expect(oracle.of('counter').problem).toContain('its thread is gone');
    expect(oracle.of('counter').agrees).toBe(false);
  });

  it('is neither there nor gone for an observer that missed events and says so', async () => {
    const oracle = await oracleOf([gapDigest]);
    await oracle.check(false);
    expect(oracle.of('counter')).toMatchObject({ agrees: null, problem: undefined });
  });

  it('is not there before any check, nor for an observer that is none', async () => {
    const oracle = await oracleOf(['1']);
    expect(oracle.of('counter').agrees).toBeNull();
    expect(oracle.registryAgrees).toBeNull();
    await oracle.check(false);
    expect(oracle.registryAgrees).toBe(true);
    expect(oracle.of('other').agrees).toBeNull();
  });

  it.each([
    ['too many', [peer, createPeer(profileOf('b'))], 'expected 1 peers at transaction 1, got 2'],
    ['another', [createPeer(profileOf('b'))], 'peer b differs from the model'],
    ['one field different', [{ ...peer, lastSeen: 5 }], 'peer a differs from the model'],
  ])('is gone when the registry holds peers it should not: %s', async (_, peers, problem) => {
    const oracle = await oracleOf(['1'], peers);
    await oracle.check(false);
    expect(oracle.registryProblem).toContain(problem);
    expect(oracle.of('counter').agrees).toBe(true);
  });
});
