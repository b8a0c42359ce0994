import { createPeer } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { bornNames } from '../fixtures/born-names.observer.mjs';

const module = new URL('../fixtures/born-names.observer.mjs', import.meta.url);
const builtIn = (name: string) =>
  new URL(import.meta.resolve(`@panoptes/workers/observers/${name}`));

const peerCalled = (nodeId: string, links: readonly string[] = []) => {
  const hex = Buffer.from(nodeId).toString('hex').padStart(16, '0');
  return createPeer({
    peerId: { nodeId, publicKey: hex, did: `did:zhtp:${hex}` },
    links: links.map((other) => ({ nodeId: other, quality: 0.5, type: 'wifi' })),
    nextHop: nodeId,
    trustScore: 0.9,
    authenticated: true,
    capabilities: { protocols: ['validator'] },
  });
};

describe('a name that every object has a property of', () => {
  let registry: PeerRegistry;
  beforeEach(async () => {
    registry = await createRegistry();
  });
  afterEach(() => registry.close());

  it('may be that of an observer', async () => {
    for (const name of bornNames) {
      const handle = await registry.registerObserver({ module, name, host: 'inline' });
      expect([handle.name, handle.stats().name, handle.state]).toEqual([name, name, 'live']);
      const again = registry.registerObserver({ module, name, host: 'inline' });
      await expect(again).rejects.toMatchObject({ code: 'OBSERVER_DUPLICATE' });
    }
    const { observers } = registry.getObserverStats();
    expect(observers.map(({ name }) => name).sort()).toEqual([...bornNames].sort());
    for (const name of bornNames) await registry.unregisterObserver(name);
    for (const name of bornNames) {
      await expect(registry.unregisterObserver(name)).rejects.toMatchObject({
        code: 'OBSERVER_NOT_FOUND',
      });
    }
  });

  it.each(hosts)('may be that of a query: %s', async (host) => {
    const handle = await registry.registerObserver({ module, host });
    for (const name of bornNames) {
      expect(await handle.ask(name, ['answers'])).toBe(`${name} answers`);
      // These two are asked of any object by those who await or print it.
      if (name === 'then' || name === 'toJSON') continue;
      const { [name]: query } = handle.query as Record<string, (word: string) => Promise<string>>;
      expect(await query!('answers')).toBe(`${name} answers`);
    }
    await expect(handle.ask('propertyIsEnumerable', [])).rejects.toMatchObject({
      code: 'QUERY_FAILED',
    });
  });

  it('may be that of a peer, to the registry and to every built-in observer', async () => {
    const names = ['kademlia', 'mesh', 'validators'];
    const early = await Promise.all(
      names.map((name) => registry.registerObserver({ module: builtIn(name), host: 'inline' })),
    );
    const seen = await registry.registerObserver({ module, host: 'inline' });
    for (const name of bornNames) await registry.upsert(peerCalled(name, bornNames));
    for (const name of bornNames) {
      await registry.updateTrust(name, 0.8);
      expect(registry.peers.get(name)).toMatchObject({ trustScore: 0.8, nextHop: name });
    }
    await registry.remove('__proto__');
    expect(registry.peers.get('__proto__')).toBeUndefined();
    expect(registry.peers.get('constructor')!.peerId.nodeId).toBe('constructor');
    expect(registry.peers.get('isPrototypeOf ')).toBeUndefined();
    await registry.settled();
    expect(await seen.query['seen']!()).toEqual([...bornNames, ...bornNames, '__proto__']);
    for (const [at, name] of names.entries()) {
      const late = { module: builtIn(name), host: 'inline', name: `late ${name}` } as const;
      const follower = await registry.registerObserver(late);
      expect(await early[at]!.digest(), name).toBe(await follower.digest());
    }
    const kept = bornNames.length - 1;
    expect(await early[0]!.ask('size', [])).toBe(kept);
    for (const name of bornNames) {
      expect(await early[0]!.ask('has', [name])).toBe(name !== '__proto__');
    }
  });

  it('is no field of a patch, of a peer or of options', async () => {
    const known = peerCalled('a');
    await registry.upsert(known);
    for (const name of bornNames) {
      const object = JSON.parse(`{ "${name}": { "tier": "tier1" } }`) as object;
      const invalid = { code: 'PEER_INVALID', field: name };
      await expect(registry.update('a', object)).rejects.toMatchObject(invalid);
      const peer = { ...peerCalled('b') };
      Object.defineProperty(peer, name, { value: 1, enumerable: true });
      await expect(registry.upsert(peer)).rejects.toMatchObject(invalid);
      const config = { code: 'CONFIG_INVALID' };
      await expect(createRegistry(object)).rejects.toMatchObject(config);
      await expect(createRegistry({ peers: object })).rejects.toMatchObject(config);
      const asOption = { module: builtIn('mesh'), name: 'it', host: 'inline', options: object };
      await expect(registry.registerObserver(asOption as never)).rejects.toMatchObject({
        code: 'OBSERVER_START_FAILED',
      });
      const more = Object.defineProperty({ module }, name, { value: 1, enumerable: true });
      if (name !== 'name') {
        await expect(registry.registerObserver(more)).rejects.toMatchObject(config);
      }
    }
    expect(({} as { tier?: unknown }).tier).toBeUndefined();
    expect(registry.peers.get('a')).toEqual(known);
  });

  it('may be that of an option of one’s own, and comes as it was', async () => {
    const options = JSON.parse('{ "__proto__": { "a": 1 }, "constructor": 2 }') as object;
    for (const host of hosts) {
      const handle = await registry.registerObserver({ module, name: host, options, host });
      const got = (await handle.ask('options', [])) as object;
      expect(Object.keys(got)).toEqual(['__proto__', 'constructor']);
      expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    }
  });
});
