import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareClaims, Contact, notWaiting } from './contact.js';
import { ReplacementCache } from './replacement-cache.js';

const contact = (nodeId: string, firstSeen: number, answers: boolean): Contact =>
  new Contact(nodeId, 0, firstSeen, answers);

it('always offers the best claim of those that wait, whoever comes and goes', () => {
  const steps = fc.array(
    fc.record({ peer: fc.nat({ max: 30 }), firstSeen: fc.nat({ max: 9 }), answers: fc.boolean() }),
    { maxLength: 200, size: 'max' },
  );
  fc.assert(
    fc.property(steps, (sequence) => {
      const cache = new ReplacementCache();
      const waiting = new Map<number, Contact>();
      for (const { peer, firstSeen, answers } of sequence) {
        const known = waiting.get(peer);
        if (known === undefined) {
          const newcomer = contact(`peer ${peer}`, firstSeen, answers);
          waiting.set(peer, newcomer);
          cache.add(newcomer);
        } else {
          waiting.delete(peer);
          cache.remove(known);
          expect(known.waitingAt).toBe(notWaiting);
        }
        expect(cache.size).toBe(waiting.size);
        expect(cache.best).toBe([...waiting.values()].sort(compareClaims)[0]);
      }
      for (const next of [...waiting.values()].sort(compareClaims)) {
        expect(cache.best).toBe(next);
        cache.remove(next);
      }
      expect(cache.size).toBe(0);
    }),
    { numRuns: 200 },
  );
});
