import { expect, it } from 'vitest';
import { systemClock } from '../clock.js';
import { Verdict } from '../log/vote-box.js';
import { peerNumbered } from '../peers/peer-entry.fixture.js';
import { ManualClock, settleTurns } from '../registry/manual-clock.fixture.js';
import { OpenRegistry } from '../registry/open-registry.fixture.js';
import { ScriptedVoter } from '../voting/scripted-voter.fixture.js';
import { CommandTrace } from './command-trace.js';
import type { TracedOutcome } from './tracer.js';

/** A registry with two voters, the second of which votes by hand, and what is told of its commands. */
function voted() {
  const ends: TracedOutcome[] = [];
  const began = () => ({
    ended: (outcome: TracedOutcome) => void ends.push(outcome),
    handled: () => undefined,
  });
  const tracer = { sampleEvery: 1, began };
  const observers = { voteTimeoutMs: 100_000 };
  const registry = new OpenRegistry({ observers }, new ManualClock(), undefined, { tracer });
  const quick = new ScriptedVoter(registry.voters, { name: 'quick' }, () => 'veto').comes();
  const slow = new ScriptedVoter(registry.voters, { name: 'slow' }, () => 'silent').comes();
  return { registry, ends, quick, slow };
}

it('what was refused by one vote is told when the others have voted, too', async () => {
  const { registry, ends, slow } = voted();
  await expect(registry.upsert(peerNumbered(1))).rejects.toMatchObject({ code: 'OBSERVER_VETO' });
  const refusedBy = systemClock.now();
  await settleTurns(20);
  expect(ends).toEqual([]);
  slow.caster.cast(slow.asked[0]!.id, Verdict.accept);
  slow.caster.publish();
  for (let turns = 0; turns < 10_000 && ends.length === 0; turns++) await settleTurns();
  expect(ends).toMatchObject([
    {
      outcome: 'vetoed',
      votes: [
        { observer: 'quick', verdict: 'vetoed' },
        { observer: 'slow', verdict: 'accepted' },
      ],
    },
  ]);
  // It had ended when its caller was told.
  expect(ends[0]!.endedAt).toBeLessThanOrEqual(refusedBy + 5);
  await registry.close();
});

it('what others have not voted on is told when the registry fails', async () => {
  const { registry, ends } = voted();
  await registry.upsert(peerNumbered(1)).catch(() => undefined);
  registry.breakDown(new Error('a bug'));
  await settleTurns();
  expect(ends.map(({ outcome, votes }) => [outcome, votes.length])).toEqual([['vetoed', 1]]);
});

it('a trace is told once, with its first end', () => {
  const told: TracedOutcome[] = [];
  const command = { kind: 'remove', at: 1_000, leftOut: 0 } as const;
  const trace = new CommandTrace(command, 0, new ManualClock(), (end) => told.push(end));
  trace.proposed();
  trace.rejected(new Error('first'));
  trace.rejected(new Error('second'));
  expect(told).toEqual([]);
  trace.conclude();
  trace.conclude();
  expect(told.map(({ outcome, error }) => [outcome, (error as Error).message])).toEqual([
    ['rejected', 'first'],
  ]);
});
