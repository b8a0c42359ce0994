import { expect, it } from 'vitest';
import { peerNumbered } from '../../packages/core/src/peers/peer-entry.fixture.js';
import { DataKind, ReplyKind } from '../../packages/workers/src/process/frames.js';
import { DrivenChild } from './driven-child.js';
import { SourceLog } from './source-log.js';

const voter = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const fickle = new URL('../fixtures/fickle.observer.mjs', import.meta.url);

async function voting(module: URL, options?: unknown) {
  const [child, log, proposed] = [await DrivenChild.begin(), new SourceLog(), new SourceLog()];
  const { hasProposal } = await child.start(1, module, { isVoter: true }, options);
  expect(hasProposal).toBe(true);
  await log.load(child, 1);
  return { child, log, proposed };
}

const votesIn = (child: DrivenChild): unknown[] => {
  const frames = child.replies.filter(({ kind }) => kind === ReplyKind.votes);
  child.replies.length = 0;
  return frames.flatMap(({ payload }) => JSON.parse(payload.toString()) as unknown[]);
};

it('a voter in a process knows all that was sent before it is asked, and which proposals were aborted', async () => {
  const { child, log, proposed } = await voting(voter, { isPicky: true });
  await log.registry.upsert(peerNumbered(1));
  await proposed.registry.upsert({ ...peerNumbered(1), tokensEarned: 1 });
  await proposed.registry.upsert({ ...peerNumbered(2), tokensEarned: 4 });
  for (const run of log.runs()) child.send(1, DataKind.run, run);
  child.send(1, DataKind.proposals, proposed.proposals());
  expect((await child.handled(1))[0]).toBe(1);
  expect((await child.handled(1))[0]).toBe(2);
  expect(votesIn(child)).toEqual([
    [1, 1],
    [2, 2, 'picky'],
  ]);
  await child.handle(1, DataKind.proposals, proposed.proposals([2]));
  const memory = await child.query(1, 'memory');
  expect(memory).toMatchObject({ aborted: [2], seqs: [1], asked: [{ atSeq: 1 }, { atSeq: 1 }] });
});

it('each kind of vote arrives as it was meant, and what throws is a failed one', async () => {
  const { child, proposed } = await voting(fickle);
  const ways = ['accepts', 'vetoes', 'vetoes at length', 'throws', 'rejects', 'says nothing'];
  for (const [at, nextHop] of ways.entries()) {
    await proposed.registry.upsert({ ...peerNumbered(at), nextHop });
  }
  child.send(1, DataKind.proposals, proposed.proposals());
  await child.handled(1);
  const [accepted, vetoed, long, thrown, rejected, nothing] = votesIn(child) as unknown[][];
  expect([accepted, vetoed]).toEqual([
    [1, 1],
    [2, 2, 'I would rather not', { by: 'fickle' }],
  ]);
  expect(long!.slice(0, 3)).toEqual([3, 2, 'x'.repeat(256)]);
  expect(long![3]).toContain('left out: ');
  const failed = [3, 'told to', { name: 'TypeError', code: 'E_TOLD' }];
  expect([thrown, rejected]).toEqual([
    [4, ...failed],
    [5, ...failed],
  ]);
  expect(nothing!.slice(0, 2)).toEqual([6, 3]);
});

it('a vote that takes long does not keep those before it, and one by one it shows that it turns', async () => {
  const { child, proposed } = await voting(fickle);
  await proposed.registry.upsert({ ...peerNumbered(0), nextHop: 'accepts' });
  for (let number = 1; number < 8; number++) {
    await proposed.registry.upsert({ ...peerNumbered(number), nextHop: 'takes long' });
  }
  child.send(1, DataKind.proposals, proposed.proposals());
  const { payload } = await child.next(1, ReplyKind.votes);
  expect(JSON.parse(payload.toString())).toEqual([[1, 1]]);
  await child.next(1, ReplyKind.turning);
  await child.handled(1);
  expect(votesIn(child)).toHaveLength(7);
});
