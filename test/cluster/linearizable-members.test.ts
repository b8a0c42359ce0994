import type { PanoptesError } from '@panoptes/core';
import { type ClusterMember, createMember } from '@panoptes/cluster';
import { describe, expect, it } from 'vitest';
import { NatsServer, noNatsServer } from '../fixtures/nats-server.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { until } from '../fixtures/until.js';
import { type Call, type Operation, strayCalls } from '../voting/history.js';
import { peer } from '../voting/scene.js';

const callersEach = 3;
const callsEach = 60;
const peers = 3;

describe.skipIf(noNatsServer)(`commands through members (${noNatsServer ?? 'real server'})`, () => {
  it('C5 C9 sent through different members have a history that is linearizable, while the primary changes', async () => {
    const server = await NatsServer.start();
    const options = { servers: server.url, name: 'racing', leaseMs: 2_000, logger: false } as const;
    const members: ClusterMember[] = [];
    for (let at = 0; at < 3; at++) members.push(await createMember(options));
    await until('one leads', () => members.some(({ role }) => role === 'primary'));
    const lastSeq = (): number => Math.max(...members.map((member) => member.lastSeq));
    const history: Call[] = [];
    const call = async (member: ClusterMember, seed: string): Promise<void> => {
      for (const operation of operationsFrom(seed)) {
        if (operation.kind === 'read') {
          // What a member has is as of its last transaction.
          const { lastSeq: seq, peers: here } = member;
          const answer = { tokens: here.get(operation.nodeId)?.tokensEarned };
          history.push({ operation, calledAt: seq, answeredAt: seq, answer });
          await new Promise((resolve) => setImmediate(resolve));
          continue;
        }
        const calledAt = lastSeq();
        const answer = await answerTo(member, operation);
        history.push({ operation, calledAt, answeredAt: lastSeq(), answer });
      }
    };
    const calls = members.flatMap((member, at) =>
      Array.from({ length: callersEach }, (_, index) => call(member, `members ${at} ${index}`)),
    );
    await until('some have come', () => history.length > 100);
    await members.find(({ role }) => role === 'primary')!.resign();
    await Promise.all(calls);
    expect(history).toHaveLength(3 * callersEach * callsEach);
    expect(strayCalls(history, lastSeq())).toEqual([]);
    const codes = new Set(history.map(({ answer }) => ('code' in answer ? answer.code : 'ok')));
    expect([...codes].sort()).toEqual(['PEER_NOT_FOUND', 'ok']);
    for (const member of members) await member.atLeast(lastSeq());
    expect(new Set(members.map((member) => member.digest())).size).toBe(1);
    await Promise.all(members.map((member) => member.close()));
    await server.end();
  });
});

function operationsFrom(seed: string): Operation[] {
  const chance = new SeededChance(seed);
  const pick = (count: number): number => Math.floor(chance.next() * count);
  return Array.from({ length: callsEach }, () => {
    const number = pick(peers);
    const nodeId = `peer-${number}`;
    return (
      [
        { kind: 'put', nodeId, entry: peer(number, { tokensEarned: pick(4) }) },
        { kind: 'set', nodeId, tokens: pick(4) },
        { kind: 'remove', nodeId },
        { kind: 'read', nodeId },
      ] as const
    )[pick(4)]!;
  });
}

async function answerTo(member: ClusterMember, operation: Operation): Promise<Call['answer']> {
  const { nodeId } = operation;
  try {
    switch (operation.kind) {
      case 'put':
        return await member.upsert(operation.entry);
      case 'set':
        return await member.update(nodeId, { tokensEarned: operation.tokens });
      case 'remove':
        return await member.remove(nodeId);
      default:
        throw new Error(`expected a command, got a ${operation.kind}`);
    }
  } catch (error) {
    return { code: (error as PanoptesError).code };
  }
}
