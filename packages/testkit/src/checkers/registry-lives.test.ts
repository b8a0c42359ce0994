import { describe, expect, it } from 'vitest';
import { checkerOf, endingOf, historyOf } from './hand-made.fixture.js';
import type { LifeFacts, RunEnding } from './history.js';
import type { LifeBounds } from './life-rules.js';
import type { RuleName, Verdicts } from './verdicts.js';

/** One life after another, in each the histories of its observers in short form. */
interface Life extends LifeFacts {
  readonly before?: LifeBounds;
  readonly texts: Readonly<Record<string, string>>;
}

function checkLives(lives: readonly Life[], ending?: RunEnding): Verdicts {
  const checker = checkerOf(['a', 'b']);
  for (const [at, { epoch, seq, before, texts }] of lives.entries()) {
    if (at > 0) checker.begin({ epoch, seq }, before);
    for (const [observer, text] of Object.entries(texts)) {
      for (const { record, ...origin } of historyOf(text)) {
        checker.take({ observer, ...origin }, record);
      }
    }
  }
  return checker.finish(ending);
}

const first: Life = {
  epoch: 1,
  seq: 0,
  texts: { a: 's0() 1+p1 2+q1 3~p1>2 4+r1', b: 's0() 1+p1' },
};

/** What is right; what comes after the first life. */
const good: [string, Life[], RunEnding?][] = [
  [
    'one that goes on where it ended',
    [
      {
        ...{ epoch: 2, seq: 4, before: { durable: 4, committed: 4 } },
        texts: { a: 's4(p2,q1,r1) 5-r1', b: 's5(p2,q1)' },
      },
    ],
    endingOf(5, 'p2,q1', 'a', 'b'),
  ],
  [
    'one that has lost what was not durable, and gives its seqs to others',
    [
      {
        ...{ epoch: 2, seq: 2, before: { durable: 2 } },
        texts: { a: 's2(p1,q1) 3-q1 4+s1', b: 's4(p1,s1)' },
      },
    ],
  ],
  [
    'two that were killed before anything was stored',
    [
      { epoch: 2, seq: 0, texts: { a: 's0() 1+z1' } },
      { epoch: 3, seq: 0, texts: { a: 's0() 1+y1', b: 's1(y1)' } },
    ],
  ],
  [
    'one in which an observer resumes, and another gets a snapshot in its place',
    [{ epoch: 2, seq: 4, texts: { a: '>2 3~p1>2 4+r1 5-r1', b: '| s4(p2,q1,r1) 5-r1' } }],
  ],
];

/** What is wrong; what comes after the first life; the rule, and who breaks it. */
const failing: [string, Life[], RuleName, string | undefined][] = [
  ['an epoch that stays', [{ epoch: 1, seq: 4, texts: {} }], 'E4', undefined],
  [
    'an epoch that goes back',
    [
      { epoch: 3, seq: 4, texts: {} },
      { epoch: 2, seq: 4, texts: {} },
    ],
    'E4',
    undefined,
  ],
  [
    'a life that begins before the one before it',
    [
      { epoch: 2, seq: 4, texts: {} },
      { epoch: 3, seq: 3, texts: {} },
    ],
    'E4',
    undefined,
  ],
  [
    'seqs with a hole',
    [{ epoch: 2, seq: 6, before: { committed: 4 }, texts: {} }],
    'E4',
    undefined,
  ],
  ['a snapshot of a life before', [{ epoch: 2, seq: 4, texts: { a: 's3(p2,q1)' } }], 'E4', 'a'],
  [
    'a transaction that was durable and is not there',
    [{ epoch: 2, seq: 3, before: { durable: 4 }, texts: {} }],
    'E2',
    undefined,
  ],
  ['another peer than was stored', [{ epoch: 2, seq: 4, texts: { a: 's4(p1,q1,r1)' } }], 'E1', 'a'],
  ['half a state', [{ epoch: 2, seq: 4, texts: { b: 's4(p2,r1)' } }], 'E1', 'b'],
  [
    'a change after resuming that never came',
    [{ epoch: 2, seq: 4, texts: { a: '>2 4+r1' } }],
    'E8',
    'a',
  ],
  [
    'a change that comes again after resuming',
    [{ epoch: 2, seq: 4, texts: { a: '>2 2+q1 3~p1>2' } }],
    'E8',
    'a',
  ],
  [
    'another change after resuming than there was',
    [{ epoch: 2, seq: 4, texts: { a: '>2 3+z1' } }],
    'W3',
    'a',
  ],
  [
    'a gap some time after resuming',
    [{ epoch: 2, seq: 4, texts: { a: '>2 3~p1>2 5+z1' } }],
    'W4',
    'a',
  ],
  [
    'an incarnation of the life before that goes on',
    [{ epoch: 2, seq: 4, texts: { a: '^2 5+z1' } }],
    'lives',
    'a',
  ],
];

describe('the lives of a registry', () => {
  it.each(good)('are right: %s', (_, lives, ending) => {
    const { violations, rules } = checkLives([first, ...lives], ending);
    expect(violations).toEqual([]);
    expect(rules.find(({ rule }) => rule === 'E4')!.checked).toBeGreaterThan(0);
  });

  it.each(failing)('are wrong with %s', (_, lives, rule, observer) => {
    const { violations, verdict } = checkLives([first, ...lives]);
    expect(verdict).toBe('fail');
    expect(violations.map((one) => [one.rule, one.place?.observer])).toContainEqual([
      rule,
      observer,
    ]);
    expect(new Set(violations.map((one) => one.rule)).size).toBe(1);
  });

  it('are looked at in a run that says in which it begins', () => {
    const checker = checkerOf(['a'], { life: { epoch: 3, seq: 5 } });
    for (const { record, ...origin } of historyOf('s5(p1) 6+q1 | s4()')) {
      checker.take({ observer: 'a', ...origin }, record);
    }
    const { violations } = checker.finish(undefined);
    expect(violations.map(({ rule, place }) => [rule, place!.incarnation])).toEqual([['E4', 2]]);
  });
});
