// What close() says of changes that were acknowledged, and that its store could not keep.
import { describe, expect, it } from 'vitest';
import type { RegistryOptions } from '../config.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { StoreError } from '../store-error.js';
import type { ConnectedRegistry } from './connected-registry.fixture.js';
import { MemoryDisk } from './memory-disk.fixture.js';
import { storedRegistry } from './stored-registry.fixture.js';

/** A registry with three changes, whose store finds that there is no room when it is to be closed. */
async function withoutRoom(options: RegistryOptions): Promise<ConnectedRegistry> {
  const disk = new MemoryDisk();
  const registry = await storedRegistry(disk, options);
  let tellRoom!: (error: StoreError) => void;
  const room = new Promise<void>((_, reject) => (tellRoom = reject));
  room.catch(() => undefined);
  disk.flush = () => room;
  for (let number = 1; number <= 3; number++) await registry.upsert(peerNumbered(number));
  setTimeout(() => tellRoom(new StoreError('STORE_FULL', 'there is no room left')), 20);
  return registry;
}

const lost = {
  code: 'STORE_FULL',
  message:
    'the last 3 transactions that were committed are not in the store: there is no room left',
  cause: { code: 'STORE_FULL' },
};

describe('changes that were committed and did not get to disk', () => {
  it('are told when the registry is closed, after all of it has ended, each time', async () => {
    const registry = await withoutRoom({});
    const [one, other] = [registry.close(), registry.close()];
    for (const end of [one, other, registry.close()]) await expect(end).rejects.toMatchObject(lost);
    expect([registry.durableSeq, registry.lastSeq]).toEqual([0, 3]);
    expect(registry.changeLog.writer.isClosed).toBe(true);
  });

  it('are told, too, when the store had stopped the registry before', async () => {
    const registry = await withoutRoom({});
    await expect(registry.durable()).rejects.toMatchObject({ cause: { code: 'STORE_FULL' } });
    await expect(registry.close()).rejects.toMatchObject(lost);
  });

  it('do not keep a registry that was to go on from closing well, but can be seen', async () => {
    const registry = await withoutRoom({ onStoreFailure: 'continue' });
    await registry.close();
    expect(registry.warnings).toEqual(['there is no room left']);
    expect([registry.state, registry.durableSeq, registry.lastSeq]).toEqual(['closed', 0, 3]);
  });
});
