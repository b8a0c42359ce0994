import type { PanoptesError } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../conformance/hosts.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { type Call, type Operation, strayCalls } from './history.js';
import { peer } from './scene.js';

const module = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const callers = 8;
const callsEach = 60;
const peers = 3;

/** One operation after another, as one caller does them. */
async function call(
  registry: PeerRegistry,
  seed: string,
  calls: number,
  history: Call[],
): Promise<void> {
  const chance = new SeededChance(seed);
  const pick = (count: number): number => Math.floor(chance.next() * count);
  for (let at = 0; at < calls; at++) {
    const number = pick(peers);
    const nodeId = `peer-${number}`;
    const operation: Operation = (
      [
        { kind: 'put', nodeId, entry: peer(number, { tokensEarned: pick(9) }) },
        { kind: 'earn', nodeId, tokens: pick(3) },
        { kind: 'earn', nodeId, tokens: 1 },
        { kind: 'set', nodeId, tokens: pick(9) },
        { kind: 'remove', nodeId },
        { kind: 'read', nodeId },
      ] as const
    )[pick(6)]!;
    const calledAt = registry.lastSeq;
    const answer = await answerTo(registry, operation);
    history.push({ operation, calledAt, answeredAt: registry.lastSeq, answer });
    if (pick(4) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function answerTo(registry: PeerRegistry, operation: Operation): Promise<Call['answer']> {
  const { nodeId } = operation;
  try {
    switch (operation.kind) {
      case 'put':
        return await registry.upsert(operation.entry);
      case 'earn':
        return await registry.update(nodeId, (entry) => ({
          ...entry,
          tokensEarned: entry.tokensEarned + operation.tokens,
        }));
      case 'set':
        return await registry.update(nodeId, { tokensEarned: operation.tokens });
      case 'remove':
        return await registry.remove(nodeId);
      case 'read':
        return { tokens: registry.peers.get(nodeId)?.tokensEarned };
    }
  } catch (error) {
    return { code: (error as PanoptesError).code };
  }
}

describe.each(hosts)('P1 with voters on a host of the kind %s', (host) => {
  let registry: PeerRegistry;
  beforeAll(async () => {
    registry = await createRegistry({ observers: { voteTimeoutMs: 100_000 } });
    for (const name of ['easy', 'picky']) {
      const options = { isPicky: name === 'picky' };
      await registry.registerObserver({ module, name, host, role: 'critical', options });
    }
  });
  afterAll(() => registry.close());

  it('concurrent callers on the same peers see a history that is linearizable', async () => {
    const history: Call[] = [];
    const ways = Array.from({ length: callers }, (_, caller) =>
      call(registry, `linearizable ${caller}`, callsEach, history),
    );
    await Promise.all(ways);
    expect(history).toHaveLength(callers * callsEach);
    expect(strayCalls(history, registry.lastSeq)).toEqual([]);
    const codes = new Set(history.map(({ answer }) => ('code' in answer ? answer.code : 'ok')));
    expect([...codes].sort()).toEqual(['OBSERVER_VETO', 'PEER_NOT_FOUND', 'ok']);
  });
});

it('the checker finds a read that is stale, an update that is lost, and an answer out of time', () => {
  const [one, two] = [peer(1, { tokensEarned: 1 }), peer(1, { tokensEarned: 2 })];
  const put = (entry: typeof one, seq: number, change: string): Call => ({
    operation: { kind: 'put', nodeId: 'peer-1', entry },
    calledAt: seq - 1,
    answeredAt: seq,
    answer: { seq, change },
  });
  const history = [put(one, 1, 'added'), put(two, 2, 'updated')];
  const read = (at: number, tokens: number): Call => ({
    operation: { kind: 'read', nodeId: 'peer-1' },
    calledAt: at,
    answeredAt: at,
    answer: { tokens },
  });
  const earn = (answer: Call['answer'], calledAt = 2): Call => ({
    operation: { kind: 'earn', nodeId: 'peer-1', tokens: 1 },
    calledAt,
    answeredAt: 'seq' in answer ? 3 : 2,
    answer,
  });
  expect(strayCalls([...history, read(2, 2), read(1, 1)], 2)).toEqual([]);
  for (const bad of [
    [read(2, 1)],
    [earn({ seq: 3, change: 'updated' }, 3)],
    [earn({ code: 'OBSERVER_VETO' })],
    [earn({ seq: 2, change: 'unchanged' })],
  ]) {
    const lastSeq = bad.some(({ answer }) => 'seq' in answer && answer.seq === 3) ? 3 : 2;
    expect(strayCalls([...history, ...bad], lastSeq)).toHaveLength(1);
  }
});
