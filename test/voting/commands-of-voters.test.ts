import type { ObserverHandle } from '@panoptes/core';
import { type ObserverRegistration, type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/self-sender.observer.mjs', import.meta.url);

/** What makes an observer's code run, by its name. */
const occasions = {
  setup: () => Promise.resolve(),
  onSnapshot: () => Promise.resolve(),
  onEvents: (registry: PeerRegistry) => registry.upsert(peerNamed('news')),
  onProposal: (registry: PeerRegistry) => registry.upsert(peerNamed('news')),
  onAborted: (registry: PeerRegistry) =>
    expect(registry.upsert(peerNamed('refused'))).rejects.toMatchObject({ code: 'OBSERVER_VETO' }),
  'a query': (_: PeerRegistry, handle: ObserverHandle) => handle.ask('act', []),
  digest: (_: PeerRegistry, handle: ObserverHandle) => handle.digest(),
} as const;
type Occasion = keyof typeof occasions;

const everywhere = Object.keys(occasions) as Occasion[];
/** Where code of an observer that does not vote runs. */
const unasked = everywhere.filter((at) => at !== 'onProposal' && at !== 'onAborted');
const times = <A, B>(many: readonly A[], more: readonly B[]) =>
  many.flatMap((one) => more.map((other) => [one, other] as const));

describe.each(hosts)('a command of a critical observer, %s', (host) => {
  let registry: PeerRegistry;
  beforeEach(async () => {
    // Whoever waits for a deadline waits longer than this test may take.
    const limits = { voteTimeoutMs: 600_000, unavailableWaitMs: 600_000, hangTimeoutMs: 600_000 };
    registry = await createRegistry({
      observers: { ...limits, queryTimeoutMs: 600_000, restart: { minBackoffMs: 1 } },
    });
    await registry.upsert(peerNamed('target', { trustScore: 0.1 }));
  });
  afterEach(() => registry.close());

  const register = (at: string, how: string, more: Partial<ObserverRegistration> = {}) =>
    registry.registerObserver({ module, host, role: 'critical', options: { at, how }, ...more });
  const outcomes = (handle: ObserverHandle) => handle.ask('outcomes', []) as Promise<string[]>;
  const trust = () => registry.peers.get('target')?.trustScore;

  it.each(times(everywhere, ['awaits', 'awaits with others', 'awaits later'] as const))(
    'that the %s which sends it %s is refused at once, and nobody is locked out',
    async (at, how) => {
      const handle = await register(at, how);
      await occasions[at](registry, handle);
      await until('it knows', async () => (await outcomes(handle)).length > 0);
      expect(await outcomes(handle)).toEqual(['COMMAND_REENTRANT']);
      expect(await registry.upsert(peerNamed('bystander'))).toMatchObject({ change: 'added' });
      expect(trust()).toBe(0.1);
      expect(handle.stats()).toMatchObject({
        restarts: 0,
        commands: { sent: 0 },
        votes: { timeouts: 0, failures: 0 },
      });
    },
  );

  it.each(times(everywhere, ['forgets', 'forgets and pauses'] as const))(
    'sent from %s, which %s, is voted on and committed',
    async (at, how) => {
      const handle = await register(at, how);
      await occasions[at](registry, handle);
      await until('it is committed', () => trust() === 0.9);
      expect(handle.stats()).toMatchObject({ restarts: 0, commands: { sent: 1, refused: 0 } });
    },
  );

  it.each(times(everywhere, ['listens', 'sends from a timer'] as const))(
    'sent from %s, which %s, has its outcome told',
    async (at, how) => {
      const handle = await register(at, how);
      await occasions[at](registry, handle);
      await until('it knows', async () => (await outcomes(handle)).length > 0);
      expect(await outcomes(handle)).toEqual(['updated']);
      expect(trust()).toBe(0.9);
    },
  );

  // On the registry's own thread it would take the process along.
  it.skipIf(host === 'inline').each(['setup', 'onSnapshot'] as const)(
    'awaited in %s of its next incarnation, while commands are held for it, locks nobody out',
    async (at) => {
      const handle = await register(at, 'awaits', { onUnavailable: 'wait' });
      await handle.ask('die', []).catch(() => undefined);
      expect(await registry.upsert(peerNamed('bystander'))).toMatchObject({ change: 'added' });
      await until('it is back', () => handle.state === 'live');
      expect(await outcomes(handle)).toEqual(['COMMAND_REENTRANT']);
    },
  );

  it('awaited in teardown is dropped at once: it stops in time', async () => {
    const handle = await register('teardown', 'awaits');
    await registry.unregisterObserver('self-sender');
    expect(await handle.ended).toMatchObject({ exit: 'stopped' });
    expect(trust()).toBe(0.1);
  });

  it.each(unasked)('is awaited as by anybody in %s of one that does not vote', async (at) => {
    const handle = await register(at, 'awaits', { role: 'best-effort' });
    await occasions[at](registry, handle);
    await until('it knows', async () => (await outcomes(handle)).length > 0);
    expect(await outcomes(handle)).toEqual(['updated']);
    expect(trust()).toBe(0.9);
  });
});
