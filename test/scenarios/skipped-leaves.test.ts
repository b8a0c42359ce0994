import { type GivenEvent, simulate } from '@panoptes/sim';
import { profileOf } from '@panoptes/testkit';
import { expect, it } from 'vitest';

const join = (nodeId: string, at: number): GivenEvent => ({
  ...{ at, kind: 'join' },
  peer: profileOf(nodeId),
});
const leave = (nodeId: string, at: number): GivenEvent => ({ at, kind: 'leave', nodeId });

const play = (source: readonly GivenEvent[]) => simulate({ source, observers: [] });

it('a peer that leaves and is not there is skipped, counted and named', async () => {
  const summary = await play([
    ...[leave('zz', 0), join('aa', 1), leave('aa', 2), leave('aa', 3), join('bb', 4)],
  ]);
  expect(summary).toMatchObject({ verdict: 'pass', events: 3, joins: 2, leaves: 1 });
  const problem = 'expected the leave of a peer that is there, got that of';
  expect(summary.skipped).toEqual({
    count: 2,
    first: [
      { file: 'events from code', field: 'events[0]', reason: `${problem} 'zz', which is not` },
      { file: 'events from code', field: 'events[3]', reason: `${problem} 'aa', which is not` },
    ],
  });
});

it('many of them are counted, and the first are named', async () => {
  const summary = await play(Array.from({ length: 2_000 }, (_, at) => leave(`a${at}`, at)));
  expect(summary).toMatchObject({ verdict: 'pass', events: 0, leaves: 0 });
  expect(summary.skipped!.count).toBe(2_000);
  expect(summary.skipped!.first).toHaveLength(10);
});

it('nothing is skipped of a source whose peers leave when they are there', async () => {
  expect(await play([join('aa', 0), leave('aa', 1)])).not.toHaveProperty('skipped');
});
