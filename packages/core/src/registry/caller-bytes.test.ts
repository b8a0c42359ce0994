import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallerBuffer } from '../log/caller-memory.js';
import { RecordWriter } from '../log/record-ring.js';
import { encoded, fullPeer, peerNumbered } from '../peers/peer-entry.fixture.js';
import { PeerTable } from '../peers/peer-table.js';
import { Staging } from '../peers/staging.js';
import { anyTimes } from '../peers/time-bound.fixture.js';
import { nextTurn } from '../turns.js';
import { BatchUpdate } from './batch-update.js';
import { CallerDesk } from './caller-desk.js';
import { reasonOf } from './caller-ending.js';
import { CommandKind } from './caller-record.js';
import { CallerSteps } from './caller-steps.js';
import { CommandIntake } from './command-intake.js';
import { CommandQueue } from './command-queue.js';
import { ConnectedRegistry, connectedRegistry } from './connected-registry.fixture.js';
import { changesOf } from './open-registry.fixture.js';
import type { RegistryConnection } from './registry-connection.js';

const options = { peers: { maxPeers: 12 }, commands: { maxBatchChanges: 5 } };
const headBytes = 6 * 128;

/** Several turns: what was sent has been taken, decided and answered by then. */
async function turns(count = 4): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

/** Nothing is in the registry that could not have come through an object, and its log says the same. */
class Watched {
  readonly registry = connectedRegistry(options);
  readonly #witness: RegistryConnection = this.registry.connect().connection;
  readonly #folded = new Map<string, unknown>();
  #changes = 0;

  async check(): Promise<void> {
    const { registry } = this;
    expect(registry.state).toBe('open.idle');
    for (const event of registry.newEvents()) {
      for (const { kind, nodeId, entry } of changesOf(event)) {
        if (kind === 'PeerRemoved') this.#folded.delete(nodeId);
        else this.#folded.set(nodeId, entry);
      }
    }
    const peers = registry.peers.allPeers();
    expect(new Map(peers.map((peer) => [peer.peerId.nodeId, peer]))).toEqual(this.#folded);
    const table = new PeerTable();
    for (const peer of peers) {
      const { memory, base } = encoded(peer);
      table.add(peer.peerId.nodeId, memory, base);
    }
    expect(registry.digest()).toBe(table.digest());
    // Others go on, callers on other threads among them.
    const hopCount = ++this.#changes;
    const { seq } = await this.#witness.upsert(peerNumbered(1_000, { hopCount }));
    expect(seq).toBe(registry.lastSeq);
  }
}

/** Sends something of everything. */
function sendAll(connection: RegistryConnection): Promise<unknown> {
  const batch = new BatchUpdate();
  batch.upsert(peerNumbered(3)).update('peer-1', { nextHop: 'x' }).remove('peer-2');
  const link = { nodeId: 'peer-9', type: 'lora' };
  return Promise.allSettled([
    connection.upsert(fullPeer()),
    connection.upsert(peerNumbered(1), { allowIdentityChange: true }),
    connection.upsert({ peerId: peerNumbered(2).peerId, links: [link, link] }),
    connection.update('peer-1', { trustScore: 0.25, tier: 'tier1', authenticated: true }),
    connection.update('peer-1', { capabilities: { protocols: ['a', 'b'] }, dhtInfo: null }),
    connection.update('peer-1', { trustScore: 7 }),
    connection.updateByDid(peerNumbered(2).peerId.did, { hopCount: 3 }),
    connection.touch('peer-1'),
    connection.commitBatch(batch),
    connection.peers.get('peer-1'),
    connection.remove('peer-2'),
  ]);
}

describe('what a caller writes into the memory', () => {
  it('is refused if it is not what a caller writes, and hurts nobody else: single bytes', async () => {
    const watched = new Watched();
    const tally = { broken: 0, whole: 0 };
    const anyFlip = fc.record({
      at: fc.oneof(
        { weight: 1, arbitrary: fc.nat(headBytes) },
        { weight: 9, arbitrary: fc.nat(5_500).map((at) => at + headBytes) },
      ),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 127, 128, 255)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyFlip, { minLength: 1, maxLength: 4 }), async (flips) => {
        const { connection, memory, endings, line } = watched.registry.connect();
        const outcomes = sendAll(connection);
        // They are published when this code is done, and taken in the next turn.
        await Promise.resolve();
        for (const { at, value } of flips) memory.commands.memory.u8[at] = value;
        await turns();
        await watched.check();
        if (endings.length === 0) tally.whole++;
        else {
          expect(reasonOf(endings[0]!)).toMatchObject({ code: 'CONNECTION_BROKEN' });
          tally.broken++;
        }
        line.leave();
        await turns(1);
        if (endings.length > 0) await outcomes;
        expect(watched.registry.connections).toBe(1);
      }),
      { numRuns: 1_500 },
    );
    expect(Math.min(tally.broken, tally.whole)).toBeGreaterThan(150);
    await watched.registry.close();
  });

  it('is refused if it is not what a caller writes, and hurts nobody else: anything', async () => {
    const watched = new Watched();
    const anyRecord = fc.record({
      units: fc.oneof(fc.nat(8), fc.nat(300), fc.constant(2 ** 24 - 1)),
      kind: fc.oneof(fc.nat(8), fc.nat(255)),
      words: fc.array(fc.oneof(fc.nat(3), fc.nat(0x7fff_ffff), fc.constant(-1)), { maxLength: 12 }),
    });
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRecord, { maxLength: 6 }),
        fc.oneof(fc.nat(2_000), fc.integer()),
        fc.integer(),
        async (records, written, read) => {
          const { memory, endings, line } = watched.registry.openRaw();
          const words = new Int32Array(memory.commands.words.buffer);
          let at = headBytes / 4;
          for (const { units, kind, words: body } of records) {
            words[at] = (units << 8) | kind;
            words.set(body, at + 2);
            at += 2 * Math.min(units, 40);
          }
          words[0] = written;
          // How far it has read what came back.
          words[96] = read;
          memory.registryBell.ring();
          await turns();
          await watched.check();
          if (endings.length > 0) broken++;
          line.leave();
          await turns(1);
          expect(watched.registry.connections).toBe(1);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(broken).toBeGreaterThan(400);
    await watched.registry.close();
  });

  it.each<[string, (words: Int32Array) => void]>([
    ['more than the ring holds', (words) => (words[0] = 32_769)],
    ['less than nothing', (words) => (words[0] = -1)],
    ['a record of no length', (words) => (words[0] = 1)],
    ['a record that is longer than what came', (words) => ((words[192] = 3 << 8), (words[0] = 2))],
    ['a record of no kind', (words) => ((words[192] = (1 << 8) | 99), (words[0] = 1))],
  ])('ends its connection with %s, and says why', async (_, write) => {
    const registry = connectedRegistry();
    const { memory, endings } = registry.openRaw();
    write(new Int32Array(memory.commands.words.buffer));
    memory.registryBell.ring();
    await turns();
    expect(reasonOf(endings[0]!)).toMatchObject({ code: 'CONNECTION_BROKEN' });
    expect(registry.connections).toBe(0);
    await registry.close();
  });

  it.each([
    ['of which not all has come', 0, 3],
    ['that goes on behind the end of the ring', 32_766, 4],
  ])('is not done if it is a command %s', async (_, from, written) => {
    const registry = connectedRegistry();
    await registry.upsert(peerNumbered(1));
    const { memory, endings } = registry.openRaw();
    const words = new Int32Array(memory.commands.words.buffer);
    const at = headBytes / 4;
    if (from > 0) {
      words[at] = from << 8;
      words[0] = from;
      memory.registryBell.ring();
      await turns();
    }
    words.set([(4 << 8) | CommandKind.remove, 1, 'peer-1'.length, 0], at + 2 * from);
    Buffer.from(words.buffer as never).write('peer-1', 4 * (at + 2 * from + 4), 'utf16le');
    words[0] = from + written;
    memory.registryBell.ring();
    await turns();
    expect(reasonOf(endings[0]!)).toMatchObject({ code: 'CONNECTION_BROKEN' });
    expect([registry.lastSeq, registry.peers.size]).toEqual([1, 1]);
    await registry.close();
  });

  it('costs the registry no more than its share of a turn, however much it is', async () => {
    const registry = connectedRegistry();
    const { memory } = registry.openRaw();
    const words = new Int32Array(memory.commands.words.buffer);
    // Nothing but fillers, again and again: whenever all have been taken there are as many more.
    words.fill(1 << 8, 192, 192 + 2 * 32_768);
    const more = setInterval(() => {
      words[0] = words[32]! + 32_000;
      memory.registryBell.ring();
    });
    for (let turn = 0; turn < 200; turn++) await registry.upsert(peerNumbered(turn % 5));
    expect(registry.connections).toBe(1);
    clearInterval(more);
    await registry.close();
  });
});

/** Counts the entries that wait. */
class CountedStaging extends Staging {
  waiting = 0;
  override stageEncoded(...given: Parameters<Staging['stageEncoded']>) {
    const staged = super.stageEncoded(...given);
    this.waiting++;
    return staged;
  }
  override release(...given: Parameters<Staging['release']>): void {
    this.waiting--;
    super.release(...given);
  }
}

describe('a caller that ends', () => {
  function desk() {
    const staging = new CountedStaging(anyTimes);
    const queue = new CommandQueue(100);
    const now = () => 5;
    const deps = { now, counters: { rejected: 0 }, times: anyTimes, maxBatchChanges: 9 };
    const scheduleTurn = () => ({ at: 5, untoldSeq: 0 });
    const intake = new CommandIntake({ ...deps, queue, staging, scheduleTurn });
    const table = new PeerTable();
    const steps = new CallerSteps(staging, now);
    return {
      staging,
      queue,
      callers: new CallerDesk({ intake, steps, table, maxBatchChanges: 9 }),
    };
  }

  it.each(['leaves', 'breaks its connection', 'finds the registry closed', 'ends its batch amiss'])(
    'leaves no entry behind of a batch that is not whole, when it %s',
    async (how) => {
      const { staging, queue, callers } = desk();
      const opened = callers.open(2 ** 18, () => undefined);
      const words = new Int32Array(opened.buffer);
      const { bytes } = encoded(fullPeer());
      const u8 = Buffer.from(opened.buffer as never);
      const units = 1 + bytes.length / 8;
      for (let step = 0; step < 3; step++) {
        const at = headBytes + 8 * units * step;
        u8.writeUInt32LE((units << 8) | CommandKind.step | CommandKind.upsert, at);
        bytes.copy(u8, at + 8);
      }
      Atomics.store(words, 0, 3 * units);
      Atomics.add(words, 128, 1);
      Atomics.notify(words, 128);
      while (staging.waiting < 3) await nextTurn();
      if (how === 'leaves') opened.line.leave();
      if (how === 'breaks its connection') opened.line.refuse('for no reason');
      if (how === 'finds the registry closed') opened.line.close(new Error('closed') as never);
      if (how === 'ends its batch amiss') {
        words.set([(2 << 8) | CommandKind.batch, 1, 2, 0], (headBytes + 24 * units) / 4);
        Atomics.store(words, 0, 3 * units + 2);
        Atomics.add(words, 128, 1);
        Atomics.notify(words, 128);
      }
      while (callers.size > 0) await nextTurn();
      expect([staging.waiting, queue.size]).toEqual([0, 0]);
    },
  );

  it('has what it sent before still committed, and is told nothing', async () => {
    const registry = new ConnectedRegistry({ log: { logBytes: 2 ** 20 } });
    const { connection, line } = registry.connect({ capacityBytes: 2 ** 20 });
    for (let number = 0; number < 500; number++) void connection.upsert(peerNumbered(number));
    await Promise.resolve();
    line.leave();
    while (registry.connections > 0) await nextTurn();
    await turns();
    expect(registry.peers.size).toBe(500);
    await registry.close();
  });
});

it('a caller’s memory is as large as it must be', () => {
  const buffer = createCallerBuffer(2 ** 18);
  const ring = { memory: { u32: new Uint32Array(buffer) } as never, words: new Int32Array(buffer) };
  const writer = new RecordWriter({ ...ring, writtenAt: 0, readAt: 32, base: 768, units: 32_768 });
  expect(writer.place(2 ** 17 - 8)).toBe(776);
});
