import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SetHistory, type ValidatorChange } from './set-history.js';

const change = (seq: number): ValidatorChange => ({
  seq,
  nodeId: `peer ${seq}`,
  kind: 'joined',
  weight: 1,
});

it('answers with the last changes and says complete exactly when it has all of them', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 8 }),
      fc.nat({ max: 5 }),
      fc.array(fc.nat({ max: 2 }), { maxLength: 30 }),
      fc.nat({ max: 40 }),
      (size, beginning, steps, since) => {
        const history = new SetHistory(size, beginning);
        let seq = beginning + 1;
        const all = steps.map((step) => change((seq += step)));
        for (const one of all) history.record(one);
        const wanted = all.filter((one) => one.seq > since);
        const answer = history.since(since, seq);
        const kept = size === 0 ? [] : all.slice(-size);
        expect(answer.changes).toEqual(kept.filter((one) => one.seq > since));
        expect(answer.upToSeq).toBe(seq);
        if (since < beginning) expect(answer.complete).toBe(false);
        else expect(answer.complete).toBe(answer.changes.length === wanted.length);
      },
    ),
    { numRuns: 1000 },
  );
});
