import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { createPeer } from '@panoptes/core';
import { type PeerRegistry, connectRegistry, createRegistry } from '@panoptes/workers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallerThread, newTickets } from '../fixtures/caller-thread.js';
import { peerNamed } from '../fixtures/random-traffic.js';
import { threadCount } from '../fixtures/threads.js';
import { until } from '../fixtures/until.js';

const batchOf = 20;
const peers = Array.from({ length: 60 }, (_, at) => peerNamed(`peer-${at}`));

let registry: PeerRegistry;
let threadsBefore: number;
beforeEach(async () => {
  threadsBefore = threadCount();
  registry = await createRegistry();
});
afterEach(async () => {
  await registry.close();
  await until('no thread is left', () => threadCount() === threadsBefore);
});

const gone = () => until('the registry had forgotten it', () => registry.connections === 0);

describe('a caller whose thread ends', () => {
  it.each<[string, (caller: CallerThread) => void]>([
    ['is terminated', (caller) => void caller.end()],
    ['throws', (caller) => caller.order('throws')],
    ['exits', (caller) => caller.order('leave')],
  ])('leaves nothing behind, when it %s in the middle of a storm', async (_, end) => {
    for (let round = 0; round < 4; round++) {
      const caller = new CallerThread(registry.port());
      const other = new CallerThread(registry.port());
      caller.order('storm', peers);
      const start = registry.lastSeq;
      await until('it was at it', () => registry.lastSeq > start + 500);
      end(caller);
      await caller.ended;
      await until('the registry had forgotten it', () => registry.connections === 1);
      // What came whole is done, and then nothing more comes.
      await until('nothing waited', () => registry.waiting === 0);
      const { lastSeq } = registry;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(registry.lastSeq).toBe(lastSeq);
      // All of a batch, or nothing of it: it gives each of its peers the same number of hops.
      const own = createPeer({ peerId: peerNamed('own').peerId, hopCount: round + 1 });
      expect(await other.call('command', 'upsert', own)).toMatchObject({ seq: lastSeq + 1 });
      await other.end();
      await gone();
    }
  });

  it('has never half a batch done, wherever it ends', async () => {
    const seen: number[][] = [];
    const watch = registry.watch();
    const watching = (async () => {
      for await (const event of watch) {
        if (event.kind === 'BatchUpdate')
          seen.push(event.changes.map(({ entry }) => entry.hopCount));
      }
    })();
    for (let round = 0; round < 6; round++) {
      const caller = new CallerThread(registry.port());
      caller.order('storm', peers);
      const start = registry.lastSeq;
      await until('it was at it', () => registry.lastSeq > start + 200);
      await caller.end();
      await gone();
    }
    await registry.close();
    await watching;
    expect(seen.length).toBeGreaterThan(6);
    for (const hops of seen) {
      expect(hops).toHaveLength(batchOf);
      expect(new Set(hops).size).toBe(1);
    }
  });

  it('keeps its event loop going until it knows what became of what it sent, and no longer', async () => {
    const tickets = newTickets();
    const caller = new CallerThread(registry.port(), { tickets });
    caller.order('last', peers);
    // It has nothing else to do, and yet ends only when all are committed; its connection keeps it not.
    expect(await caller.ended).toBe(0);
    expect(new Int32Array(tickets)[1]).toBe(peers.length);
    await gone();
    expect(registry.peers.size).toBe(peers.length);
  });
});

describe('a registry that ends', () => {
  it('settles every promise of a caller on another thread', async () => {
    const caller = new CallerThread(registry.port());
    const started = caller.call('burst', peers);
    expect(await started).toEqual({ ok: peers.length });
    const many = Array.from({ length: 5_000 }, (_, at) => peers[at % peers.length]!);
    const burst = caller.call('burst', many) as Promise<Record<string, number>>;
    await registry.close();
    const { ok = 0, REGISTRY_CLOSED: closed = 0, ...others } = await burst;
    expect([ok + closed, others]).toEqual([many.length, {}]);
    await expect(caller.call('command', 'remove', 'x')).rejects.toMatchObject({
      class: 'RegistryClosedError',
      code: 'REGISTRY_CLOSED',
    });
    await caller.end();
  });

  it('does not wait for a caller that is busy with something else', async () => {
    const caller = new CallerThread(registry.port());
    await caller.call('command', 'upsert', peers[0]);
    caller.order('burst', peers);
    caller.order('hang', 60_000);
    await until('it had sent', () => registry.lastSeq === peers.length);
    await registry.close();
    expect(registry.connections).toBe(0);
    await caller.end();
  });
});

describe('a port', () => {
  it('connects once', async () => {
    const port = registry.port();
    const connection = connectRegistry(port);
    expect(() => connectRegistry(port)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error); // prettier-ignore
    expect(() => connectRegistry(port)).toThrow('a port connects once');
    await connection.upsert(peers[0]!);
    await connection.close();
    await gone();
  });

  it('that was given away is refused here, and connects where it went', async () => {
    const port = registry.port();
    const way = new MessageChannel();
    const arrived = new Promise<MessagePort>((resolve) =>
      way.port2.once('message', (sent: MessagePort) => resolve(sent)),
    );
    way.port1.postMessage(port, [port]);
    expect(() => connectRegistry(port)).toThrow('not given to another thread before');
    const connection = connectRegistry(await arrived);
    expect(() => connectRegistry(port)).toThrow('not given to another thread before');
    await connection.upsert(peers[0]!);
    await connection.close();
    way.port1.close();
    await gone();
  });

  it('is one of a registry’s, and its options are what they can be', () => {
    const { port1, port2 } = new MessageChannel();
    port2.postMessage({
      panoptes: 'registry',
      buffer: new SharedArrayBuffer(8),
      maxBatchChanges: 1,
    });
    for (const port of [port1, {}, null, 5]) {
      expect(() => connectRegistry(port as never)).toThrow('expected one from registry.port()');
    }
    port1.close();
    for (const capacityBytes of [0, 300_000, 2 ** 31, '524288', null]) {
      const open = () => registry.port({ capacityBytes } as never);
      expect(open).toThrow(`option 'capacityBytes': expected a power of two from 524288`);
    }
    for (const options of [{ maxOutstanding: 0 }, { whenFull: 'never' }, { whenful: 'wait' }, 5]) {
      const connect = () => connectRegistry(registry.port(), options as never);
      expect(connect).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error);
    }
  });

  it('is forgotten when it is closed without ever being connected', async () => {
    const port = registry.port();
    expect(registry.connections).toBe(1);
    port.close();
    await gone();
  });

  it('works on the thread of the registry as well', async () => {
    const connection = connectRegistry(registry.port());
    expect(await connection.upsertMany(peers)).toMatchObject({ added: peers.length });
    expect(await connection.peers.get('peer-3')).toEqual(registry.peers.get('peer-3'));
    await connection.close();
    await gone();
  });

  it('takes no messages: whoever sends one has broken the connection', async () => {
    const port = registry.port();
    const connection = connectRegistry(port);
    port.postMessage('anything');
    await expect(
      until('it was refused', () => connection.upsert(peers[0]!).then(() => false)),
    ).rejects.toMatchObject({ code: 'CONNECTION_BROKEN' });
    await gone();
  });
});
