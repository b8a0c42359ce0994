import { BatchUpdate, ObserverVetoError, type PanoptesError } from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { hosts, isolatedHosts } from '../conformance/hosts.js';
import { BlackBox } from '../fixtures/black-box.mjs';
import { Conduct } from '../fixtures/conduct.mjs';
import { until } from '../fixtures/until.js';
import { peer } from './scene.js';

const module = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const recorder = new URL('../fixtures/recorder.observer.mjs', import.meta.url);
const hostile = new URL('../fixtures/hostile.observer.mjs', import.meta.url);
const patient = { voteTimeoutMs: 100_000, hangTimeoutMs: 100_000 };

interface Memory {
  readonly asked: { id: number; atSeq: number; changes: [kind: string, nodeId: string][] }[];
  readonly aborted: number[];
  readonly seqs: number[];
}

it.each(hosts)(
  'V1 one veto of three is enough, the caller learns who and why, and all are told (%s)',
  async (host) => {
    const registry = await createRegistry({ observers: patient });
    const conduct = Conduct.on(host);
    const voters = [];
    for (const name of ['a', 'b', 'c']) {
      const options = name === 'b' ? { conduct: conduct.memory } : {};
      voters.push(
        await registry.registerObserver({ module, name, host, role: 'critical', options }),
      );
    }
    expect(await registry.upsert(peer(1))).toEqual({ seq: 1, change: 'added' });
    conduct.name = 'vetoes';
    const error = await registry.upsert(peer(2)).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ObserverVetoError);
    expect(error).toMatchObject({
      code: 'OBSERVER_VETO',
      observer: 'b',
      reason: 'told to',
      details: { by: 'the test' },
      command: { kind: 'upsert', nodeId: 'peer-2', changes: 1 },
    });
    conduct.name = 'accepts';
    expect(await registry.remove('peer-1')).toEqual({ seq: 2, change: 'removed' });
    await registry.settled();
    for (const voter of voters) {
      const { asked, aborted, seqs } = (await voter.ask('memory', [])) as Memory;
      expect(asked.map(({ changes }) => changes)).toEqual([
        [['PeerAdded', 'peer-1']],
        [['PeerAdded', 'peer-2']],
        [['PeerRemoved', 'peer-1']],
      ]);
      expect(aborted).toEqual([asked[1]!.id]);
      expect(seqs).toEqual([1, 2]);
      expect(voter.stats()).toMatchObject({ role: 'critical', votes: { votes: 3, timeouts: 0 } });
    }
    expect(registry.counters).toMatchObject({ committed: 2, rejected: 1, vetoed: 1 });
    await registry.close();
  },
);

it.each(hosts)(
  'a voter knows everything committed before a proposal when it is asked (%s)',
  async (host) => {
    const registry = await createRegistry({ observers: patient });
    const voter = await registry.registerObserver({ module, host, role: 'critical' });
    // Turns about one peer, so that each is a group of its own, with all outstanding.
    const sent = Array.from({ length: 300 }, (_, n) => registry.upsert(peer(1, { hopCount: n })));
    await Promise.all(sent);
    const { asked } = (await voter.ask('memory', [])) as Memory;
    expect(asked.map(({ atSeq }) => atSeq)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    await registry.close();
  },
);

it.each(hosts)('a proposal shows evictions and a batch whole (%s)', async (host) => {
  const registry = await createRegistry({ peers: { maxPeers: 3 }, observers: patient });
  const voter = await registry.registerObserver({ module, host, role: 'critical' });
  await registry.commitBatch(new BatchUpdate().upsert(peer(1)).upsert(peer(2)).upsert(peer(3)));
  await registry.upsert(peer(0));
  const { asked } = (await voter.ask('memory', [])) as Memory;
  expect(asked.map(({ changes }) => changes)).toEqual([
    [1, 2, 3].map((number) => ['PeerAdded', `peer-${number}`]),
    [
      ['PeerRemoved', 'peer-3'],
      ['PeerAdded', 'peer-0'],
    ],
  ]);
  await registry.close();
});

it.each(isolatedHosts)('V7 a best-effort observer that hangs delays no vote (%s)', async (host) => {
  const registry = await createRegistry({ observers: patient });
  await registry.registerObserver({ module, name: 'critical', host, role: 'critical' });
  const hold = BlackBox.empty(1, host);
  const options = { conduct: 'hangs', hold: hold.memory };
  const culprit = await registry.registerObserver({ module: hostile, host, options });
  hold.hold();
  await registry.registerObserver({ module: recorder });
  for (let number = 0; number < 200; number++) await registry.upsert(peer(number));
  expect(registry.lastSeq).toBe(200);
  expect(culprit.stats().cursor).toBeLessThan(200);
  await registry.close();
});

it.each(isolatedHosts)(
  'V6 while a voter is down aborts are immediate, and it votes again once it is back (%s)',
  async (host) => {
    const restart = { minBackoffMs: 300, maxBackoffMs: 300, maxRestarts: 1_000 };
    const registry = await createRegistry({ observers: { ...patient, restart } });
    const voter = await registry.registerObserver({ module, host, role: 'critical' });
    await registry.upsert(peer(1));
    await voter.ask('die', []).catch(() => undefined);
    await until('it is away', () => voter.state === 'backoff');
    await expect(registry.upsert(peer(2))).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
    await until('it is back', () => voter.state === 'live');
    expect(await registry.upsert(peer(2))).toEqual({ seq: 2, change: 'added' });
    expect(voter.stats().votes).toMatchObject({ refusedWithout: 1, votes: 2, breaker: 'closed' });
    await registry.close();
  },
);

it('commands wait for a voter with onUnavailable: wait, in order, and none is lost', async () => {
  const restart = { minBackoffMs: 100, maxBackoffMs: 100, maxRestarts: 1_000 };
  const observers = { ...patient, unavailableWaitMs: 100_000, restart };
  const registry = await createRegistry({ observers });
  const voter = await registry.registerObserver({
    module,
    role: 'critical',
    onUnavailable: 'wait',
  });
  await registry.upsert(peer(0));
  await voter.ask('die', []).catch(() => undefined);
  await until('it is away', () => voter.state === 'backoff');
  const sent = Array.from({ length: 50 }, (_, n) => registry.upsert(peer(n + 1)));
  const results = await Promise.all(sent);
  expect(results.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 2));
  await registry.close();
});

it('but only for so long', async () => {
  const restart = { minBackoffMs: 2 ** 30, maxBackoffMs: 2 ** 30 };
  const registry = await createRegistry({ observers: { unavailableWaitMs: 40, restart } });
  const register = { module, role: 'critical', onUnavailable: 'wait' } as const;
  const voter = await registry.registerObserver(register);
  await voter.ask('die', []).catch(() => undefined);
  await until('it is away', () => voter.state === 'backoff');
  await expect(registry.upsert(peer(1))).rejects.toMatchObject({ code: 'OBSERVER_UNAVAILABLE' });
  await registry.close();
});

it('a registry that closes has the commands that wait voted on first', async () => {
  const registry = await createRegistry({ observers: patient });
  const conduct = new Conduct();
  conduct.name = 'waits';
  const options = { conduct: conduct.memory };
  await registry.registerObserver({ module, role: 'critical', options });
  const sent = [1, 2, 3].map((number) => registry.upsert(peer(number)));
  await until('it is asked', () => conduct.asked > 0);
  const closed = registry.close();
  conduct.name = 'accepts';
  expect((await Promise.all(sent)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  await closed;
});

it.each([
  ['an unknown role', { role: 'judge' }, "option 'role'"],
  ['an option of voters alone', { onVoteFailure: 'proceed' }, "option 'onVoteFailure': only"],
  ['an unknown choice', { role: 'critical', onUnavailable: 'hope' }, "option 'onUnavailable'"],
  ['no onProposal', { role: 'critical', module: recorder }, 'it has no onProposal'],
])('a registration with %s is refused', async (_, options, message) => {
  const registry = await createRegistry();
  const error = (await registry
    .registerObserver({ module, ...(options as object) })
    .catch((refusal: unknown) => refusal)) as PanoptesError;
  expect(error.message).toContain(message);
  expect(registry.getObserverStats().observers).toEqual([]);
  expect(await registry.upsert(peer(1))).toEqual({ seq: 1, change: 'added' });
  await registry.close();
});
