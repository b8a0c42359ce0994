import { describe, expect, it } from 'vitest';
import { type LivenessSigns, hangKindOf } from './hang-policy.js';

const well: LivenessSigns = { isBehind: false, sinceTurnMs: 0, unprobedMs: 0, unmeasuredMs: 0 };
const verdict = (signs: Partial<LivenessSigns>) => hangKindOf({ ...well, ...signs }, 5_000);

describe('what holds an observer up', () => {
  it.each([
    ['nothing, when it is idle for ever', { sinceTurnMs: 1e9 }, undefined],
    ['nothing, while it makes progress', { isBehind: true, sinceTurnMs: 4_999 }, undefined],
    ['nothing, while its loop has turns', { unprobedMs: 4_999, unmeasuredMs: 4_999 }, undefined],
    ['a handler that does not settle', { isBehind: true, sinceTurnMs: 5_000 }, 'stalled'],
    [
      'a handler that does not settle, while a probe is on its way',
      { isBehind: true, sinceTurnMs: 5_000, unprobedMs: 499 },
      'stalled',
    ],
    [
      'a loop, when its event loop has no turn either',
      { isBehind: true, sinceTurnMs: 5_000, unprobedMs: 500 },
      'hung',
    ],
    ['a loop, also when it has nothing to do', { unprobedMs: 5_000 }, 'hung'],
    [
      'native code, when not even an interrupt is served',
      { isBehind: true, sinceTurnMs: 5_000, unprobedMs: 5_000, unmeasuredMs: 500 },
      'stuck',
    ],
    [
      'a loop, when an interrupt was asked for just now',
      { unprobedMs: 5_000, unmeasuredMs: 499 },
      'hung',
    ],
  ] as const)('is %s', (_, signs, expected) => {
    expect(verdict(signs)).toBe(expected);
  });
});
