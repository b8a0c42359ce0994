import { ConfigError, type RegistryStore } from '@panoptes/core';
import { PeerRegistry, builtIn, createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { MemoryDisk } from '../../packages/core/src/registry/memory-disk.fixture.js';
import { peer } from '../voting/scene.js';

const voterModule = new URL('../fixtures/voter.observer.mjs', import.meta.url);

describe('the next life of a registry with observers', () => {
  it('shows them the peers of the last one, and goes on with seqs, votes, callers and digests', async () => {
    const disk = new MemoryDisk();
    const open = () => createRegistry({ store: disk, logger: false });
    const before = await open();
    const table = await before.registerObserver({ module: builtIn('kademlia') });
    await before.upsertMany(Array.from({ length: 300 }, (_, number) => peer(number)));
    await before.settled();
    const digest = await table.digest();
    await before.close();

    const registry = await open();
    expect([registry.id, registry.epoch, registry.lastSeq]).toEqual([before.id, 2, 300]);
    const again = await registry.registerObserver({ module: builtIn('kademlia') });
    expect(await again.digest()).toBe(digest);
    expect(registry.digest()).toBe(before.digest());
    const voter = await registry.registerObserver({
      module: voterModule,
      role: 'critical',
      options: {},
    });
    expect(await registry.upsert(peer(400))).toEqual({ seq: 301, change: 'added' });
    await registry.settled(301);
    expect(await voter.ask('memory', [])).toMatchObject({
      asked: [{ atSeq: 300, changes: [['PeerAdded', 'peer-400']] }],
      seqs: [301],
    });
    const { observers } = registry.getObserverStats();
    expect(observers.find(({ name }) => name === again.name)).toMatchObject({
      cursor: 301,
      lag: 0,
      delivered: 1,
    });
    await registry.close();
    expect(disk.kept).toMatchObject({ lastSeq: 301, peers: 301, epoch: 2 });
  });

  it('waits for the disk with commands of observers and votes, too, with durability commit', async () => {
    const disk = new MemoryDisk();
    const registry = await createRegistry({ store: disk, logger: false, durability: 'commit' });
    await registry.registerObserver({ module: voterModule, role: 'critical', options: {} });
    const release = disk.hold();
    let isTold = false;
    const told = registry.upsert(peer(1)).then(() => (isTold = true));
    while (registry.lastSeq === 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isTold).toBe(false);
    release();
    await told;
    await registry.close();
  });
});

describe('a store', () => {
  it('that cannot be opened, or holds what no registry wrote, makes no registry', async () => {
    const closed: RegistryStore = { open: () => Promise.reject(new TypeError('no')) };
    await expect(createRegistry({ store: closed, logger: false })).rejects.toMatchObject({
      code: 'STORE_FAILED',
      cause: new TypeError('no'),
    });
    const disk = new MemoryDisk();
    disk.entries.set('peer-1', Buffer.alloc(64, 1));
    const corrupt = createRegistry({ store: disk, logger: false });
    await expect(corrupt).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    expect(disk.isOpen).toBe(false);
  });

  it('is given back when another option is bad', async () => {
    const disk = new MemoryDisk();
    const options = { store: disk, logger: false, maxUnsyncedMs: -1 } as const;
    await expect(createRegistry(options)).rejects.toThrow(ConfigError);
    expect(disk.isOpen).toBe(false);
  });

  it('must be one, and there where durability commit is asked for', async () => {
    const bad = { store: {} as RegistryStore, logger: false } as const;
    await expect(createRegistry(bad)).rejects.toThrow(/option 'store': expected an object/);
    await expect(createRegistry({ durability: 'commit' })).rejects.toThrow(
      /'commit' needs a store/,
    );
    expect(() => new PeerRegistry({ store: new MemoryDisk() })).toThrow(/opened by createRegistry/);
  });
});
