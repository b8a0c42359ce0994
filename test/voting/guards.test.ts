import { BatchUpdate, createPeer, type PeerInput } from '@panoptes/core';
import { type ObserverRegistration, builtIn, createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { Conduct } from '../fixtures/conduct.mjs';

const voter = new URL('../fixtures/voter.observer.mjs', import.meta.url);

async function registryWith(...registrations: Partial<ObserverRegistration>[]) {
  const registry = await createRegistry({ observers: { voteTimeoutMs: 100_000 } });
  for (const registration of registrations) {
    await registry.registerObserver({ module: voter, role: 'critical', ...registration });
  }
  return registry;
}

const identity = (number: number) => {
  const digits = number.toString(16).padStart(16, '0');
  return { nodeId: `peer-${number}`, publicKey: digits, did: `did:zhtp:${digits}` };
};
const validator = (number: number, more: Partial<PeerInput> = {}) =>
  createPeer({
    peerId: identity(number),
    authenticated: true,
    trustScore: 1,
    capabilities: { nodeType: 'validator' },
    ...more,
  });
const at = (number: number, ...addresses: string[]) =>
  createPeer({
    peerId: identity(number),
    endpoints: addresses.map((address) => ({
      address,
      protocol: 'udp',
      signalStrength: 1,
      latencyMs: 1,
    })),
  });

const codes = async (commands: Promise<object>[]) =>
  (await Promise.allSettled(commands)).map((outcome) =>
    outcome.status === 'fulfilled' ? 'ok' : (outcome.reason as { code: string }).code,
  );

describe('the validator set as a critical observer', () => {
  const guard = { module: builtIn('validators'), options: { minValidators: 3 } };

  it('lets a set grow that is too small, and vetoes whatever would make it too small', async () => {
    const registry = await registryWith(guard);
    const sent = [1, 2, 3].map((number) => registry.upsert(validator(number)));
    expect(await codes(sent)).toEqual(['ok', 'ok', 'ok']);
    expect(
      await codes([
        registry.remove('peer-1'),
        registry.updateTrust('peer-2', 0),
        registry.upsert(validator(3, { authenticated: false })),
        registry.updateTrust('peer-1', 0.9),
        registry.commitBatch(new BatchUpdate().remove('peer-1').upsert(validator(4))),
      ]),
    ).toEqual(['OBSERVER_VETO', 'OBSERVER_VETO', 'OBSERVER_VETO', 'ok', 'ok']);
    await registry.close();
  });

  it('counts what it has accepted in the same group, until it is aborted', async () => {
    const conduct = new Conduct();
    const registry = await registryWith(guard, { options: { conduct: conduct.memory } });
    for (let number = 1; number <= 5; number++) await registry.upsert(validator(number));
    const all = (numbers: number[]) =>
      codes(numbers.map((number) => registry.remove(`peer-${number}`)));
    // Accepted by the guard, then vetoed by the other: no place is lost by that.
    conduct.name = 'vetoes';
    expect(await all([1, 2, 3])).toEqual(['OBSERVER_VETO', 'OBSERVER_VETO', 'OBSERVER_VETO']);
    conduct.name = 'accepts';
    expect(await all([1, 2, 3, 4])).toEqual(['ok', 'ok', 'OBSERVER_VETO', 'OBSERVER_VETO']);
    expect(await all([5])).toEqual(['OBSERVER_VETO']);
    await registry.close();
  });
});

describe('the routing table as a critical observer', () => {
  const guard = { module: builtIn('kademlia'), options: { maxPerSubnet: 2 } };

  it('vetoes more than maxPerSubnet peers of one subnet, whatever way they come', async () => {
    const registry = await registryWith(guard);
    const upserts = (...peers: ReturnType<typeof at>[]) =>
      codes(peers.map((peer) => registry.upsert(peer)));
    expect(await upserts(at(1, '192.0.2.1:1'), at(2, '192.0.2.2:1'), at(3, '192.0.2.3:1'))).toEqual(
      ['ok', 'ok', 'OBSERVER_VETO'],
    );
    expect(await upserts(at(4, '[2001:db8::1]:1', '198.51.100.1:1'))).toEqual(['ok']);
    expect(await upserts(at(4, '[2001:db8::1]:1', '192.0.2.9:1'))).toEqual(['OBSERVER_VETO']);
    // One that is in stays in, and may add endpoints where it is already.
    expect(await upserts(at(1, '192.0.2.1:1', '192.0.2.77:1'))).toEqual(['ok']);
    expect(await upserts(at(5, 'example.org:1'), at(6, 'example.org:2'))).toEqual(['ok', 'ok']);
    const swap = new BatchUpdate().remove('peer-1').upsert(at(7, '192.0.2.7:1'));
    expect(await codes([registry.commitBatch(swap)])).toEqual(['ok']);
    await registry.close();
  });

  it('counts addresses by their bits, and those without one as a class of their own', async () => {
    const options = { maxPerSubnet: 2, maxWithoutAddress: 3, exempt: ['loopback'] };
    const registry = await registryWith({ ...guard, options });
    let number = 0;
    const upserts = async (...addresses: string[]) => {
      const sent = addresses.map((address) =>
        registry.upsert(at(++number, ...(address === '' ? [] : [address]))),
      );
      return (await codes(sent)).filter((code) => code === 'ok').length;
    };
    const spellings = [
      '192.0.2.1:1',
      '[::ffff:c000:204]:1',
      '2002:c000:205::9',
      '64:ff9b::c000:206',
    ];
    expect(await upserts(...spellings)).toBe(2);
    expect(await upserts('0:0:0:0:0:ffff:c000:207', '/ip6/::ffff:192.0.2.8/tcp/1')).toBe(0);
    expect(await upserts('', 'example.org:1', 'lora-17', 'example.org:2', '')).toBe(3);
    expect(await upserts('127.0.0.1:1', '127.0.0.1:2', '[::1]:1', '::ffff:7f00:1')).toBe(4);
    expect(await upserts('10.0.0.1:1', '10.0.0.2:1', '::ffff:a00:3')).toBe(2);
    const refused = registry.upsert(at(99));
    await expect(refused).rejects.toMatchObject({
      reason: '3 peers have no IP address and so many may (maxWithoutAddress)',
      details: { subnet: null, peers: 3, maxWithoutAddress: 3 },
    });
    await registry.close();
  });

  it('gives places back that were accepted and not taken', async () => {
    const conduct = new Conduct();
    const registry = await registryWith(guard, { options: { conduct: conduct.memory } });
    conduct.name = 'vetoes';
    await codes([1, 2].map((number) => registry.upsert(at(number, `192.0.2.${number}`))));
    conduct.name = 'accepts';
    const sent = [3, 4, 5].map((number) => registry.upsert(at(number, `192.0.2.${number}`)));
    expect(await codes(sent)).toEqual(['ok', 'ok', 'OBSERVER_VETO']);
    await registry.close();
  });

  it('knows after a restart who is there', async () => {
    const registry = await registryWith();
    await registry.upsert(at(1, '192.0.2.1'));
    await registry.upsert(at(2, '192.0.2.2'));
    await registry.registerObserver({ ...guard, role: 'critical' });
    expect(await codes([registry.upsert(at(3, '192.0.2.3'))])).toEqual(['OBSERVER_VETO']);
    await registry.close();
  });
});
