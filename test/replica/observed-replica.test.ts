import { ReplicaError, type RunSource, type SourceSnapshot } from '@panoptes/core';
import { builtIn, createRegistry, createReplica } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';

describe('a replica', () => {
  it('has its commands taken by another until it is promoted, and its observers go on', async () => {
    const primary = await createRegistry({ logger: false });
    const source = new EmptySource(primary.id);
    const replica = await createReplica({ source, forward: primary, logger: false });
    const mesh = await replica.registerObserver({ module: builtIn('mesh'), name: 'mesh' });
    const critical = { module: builtIn('mesh'), name: 'critical', role: 'critical' as const };
    await expect(replica.registerObserver(critical)).rejects.toMatchObject({
      code: 'REGISTRY_READ_ONLY',
    });
    expect(await replica.upsert(peer)).toEqual({ seq: 1, change: 'added' });
    expect([primary.lastSeq, replica.lastSeq, replica.isReplica]).toEqual([1, 0, true]);
    await replica.promote({ epoch: 4 });
    expect(await replica.upsert(peer)).toEqual({ seq: 1, change: 'added' });
    await replica.settled();
    expect([replica.epoch, replica.isReplica, mesh.stats().incarnation]).toEqual([4, false, 1]);
    await expect(replica.promote()).rejects.toBeInstanceOf(ReplicaError);
    await Promise.all([replica.close(), primary.close()]);
    expect(source.isClosed).toBe(true);
  });
});

const peer = { peerId: { nodeId: 'a', publicKey: '0a', did: 'did:zhtp:000000000000000a' } };

/** A source of a registry that has committed nothing. */
class EmptySource implements RunSource {
  isClosed = false;
  #end: () => void = () => undefined;

  constructor(readonly id: string) {}

  snapshot(): Promise<SourceSnapshot> {
    const state = { id: this.id, epoch: 1, lastSeq: 0, lastTime: 0, peers: 0 };
    return Promise.resolve({ state, entries: noEntries });
  }

  async *runs(): AsyncGenerator<Uint8Array> {
    if (!this.isClosed) await new Promise<void>((resolve) => (this.#end = resolve));
    yield* [];
  }

  newest(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.#end();
    return Promise.resolve();
  }
}

async function* noEntries(): AsyncGenerator<never> {
  yield* await Promise.resolve([]);
}
