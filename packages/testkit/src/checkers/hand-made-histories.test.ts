import { describe, expect, it } from 'vitest';
import { checkTexts, endingOf, type Setting } from './hand-made.fixture.js';
import type { RuleName } from './verdicts.js';

const tier2Only = { filters: { f: { tiers: ['tier2' as const] } } };

/** What is wrong; the histories; the rule, who breaks it, in which incarnation and with which record. */
type Failing = [
  string,
  Record<string, string>,
  RuleName,
  readonly [observer: string, incarnation: number, record: number] | 'run',
  Setting?,
];

const failing: Failing[] = [
  ['an event that goes back', { a: 's0() 1+p1 2+q1 3+r1 2+q1' }, 'W1', ['a', 1, 7]],
  ['a resync to an earlier transaction', { a: 's0() 1+p1 2+q1 s1(p1) 2+q1' }, 'W1', ['a', 1, 6]],
  ['an event that comes twice', { a: 's0() 1+p1 1+p1 2+q1' }, 'W2', ['a', 1, 5]],
  ['an event that the snapshot stood for', { a: 's5(p1) 5+p1 6-p1' }, 'W2', ['a', 1, 5]],
  ['an event that a resync stood for', { a: 's0() 1+p1 s4(q1) 3+q1' }, 'W2', ['a', 1, 8]],
  ['a batch in two pieces', { a: 's0() 1+p1 1+q1 2-p1' }, 'W3', ['a', 1, 5]],
  ['a batch of one change', { a: 's0() 1[+p1]' }, 'W3', ['a', 1, 4]],
  ['a batch of none', { a: 's0() 1[]' }, 'W3', ['a', 1, 4]],
  ['a change of another transaction', { a: 's0() 1[+p1;+q1@2]' }, 'W3', ['a', 1, 4]],
  [
    'a batch of which a change is missing',
    { a: 's0() 1[+p1;+q1;+r1]', b: 's0() 1[+p1;+q1]' },
    'W3',
    ['b', 1, 4],
  ],
  [
    'a batch in another order',
    { a: 's0(p1) 1[~p1>2;+q1]', b: 's0(p1) 1[+q1;~p1>2]' },
    'W3',
    ['b', 1, 5],
  ],
  [
    'another new entry than others saw',
    { a: 's0(p1) 1~p1>2', b: 's0(p1) 1~p1>3' },
    'W3',
    ['b', 1, 5],
  ],
  [
    'another peer than the incarnation before saw',
    { a: 's0() 1+p1 2+q1 | s1(p1) 2+r1' },
    'W3',
    ['a', 2, 5],
  ],
  ['a gap', { a: 's0() 1+p1 3+r1' }, 'W4', ['a', 1, 5]],
  ['a gap in a later incarnation', { a: 's0() 1+p1 | s1(p1) 2+q1 5+r1' }, 'W4', ['a', 2, 6]],
  ['a gap after a resync', { a: 's0() 1+p1 s5(p1) 6+q1 8+r1' }, 'W4', ['a', 1, 9]],
  ['an event before any snapshot', { a: '1+p1' }, 'W5', ['a', 1, 2]],
  ['an incarnation that goes on without a snapshot', { a: 's0() 1+p1 | 2+q1' }, 'W5', ['a', 2, 2]],
  ['a gap after the snapshot', { a: 's4(p1) 6+q1' }, 'W5', ['a', 1, 5]],
  ['a gap after a resync’s snapshot', { a: 's0() 1+p1 s4(p1) 6+q1' }, 'W5', ['a', 1, 8]],
  ['an event after its progress', { a: 's0() 1+p1 2+q1 =3' }, 'W6', ['a', 1, 6]],
  ['progress that goes back', { a: 's0() 1+p1 2+q1 =2 =1' }, 'W6', ['a', 1, 7]],
  ['progress before anything came', { a: '=1' }, 'W6', ['a', 1, 2]],
  [
    'an event that a filter lets through, and that never came',
    { f: 's0() 3+r2', a: 's0() 1+p1 2+q2 3+r2' },
    'W7',
    ['f', 1, 4],
    tier2Only,
  ],
  [
    'an event that a filter does not let through',
    { f: 's0() 1+p1', a: 's0() 1+p1' },
    'W7',
    ['f', 1, 4],
    tier2Only,
  ],
  [
    'the leaving of the filtered set that never came',
    { f: 's0() 1+p2 =2', a: 's0() 1+p2 2~p2>3' },
    'W7',
    ['f', 1, 5],
    tier2Only,
  ],
  [
    'a batch of which a filter let too little through',
    { f: 's0() 1+p2', a: 's0() 1[+p2;+q2;+r1]' },
    'W7',
    ['f', 1, 4],
    tier2Only,
  ],
  [
    'a filtered event with another entry than others saw',
    { f: 's0() 1~p1>2', a: 's0(p3) 1~p3>2' },
    'W7',
    ['f', 1, 4],
    tier2Only,
  ],
  [
    'a filtered event of a peer that is not authenticated',
    { f: 's0() 1+p2', a: 's0() 1+p2' },
    'W7',
    ['f', 1, 4],
    { filters: { f: { authenticated: true } } },
  ],
  [
    'a filtered history that lacks how a peer was found',
    { f: 's0() =1', a: 's0() 1+p6' },
    'W7',
    ['f', 1, 4],
    { filters: { f: { discoveryMethods: ['dht'] } } },
  ],
  ['an old entry that never was', { a: 's0(p1) 1~p1>2 2~p1>3' }, 'W8', ['a', 1, 6]],
  ['an old entry that the snapshot contradicts', { a: 's3(p1) 4~p2>3' }, 'W8', ['a', 1, 5]],
  ['a peer that is added twice', { a: 's0() 1+p1 2+p2' }, 'W8', ['a', 1, 5]],
  ['an update of a peer that is not there', { a: 's0() 1~p1>2' }, 'W8', ['a', 1, 4]],
  ['a removal of a peer that is not there', { a: 's0() 1+p1 2-p1 3-p1' }, 'W8', ['a', 1, 6]],
  ['a removal of an entry that it was not', { a: 's0() 1+p1 2-p2' }, 'W8', ['a', 1, 5]],
  ['an update that changes nothing', { a: 's0(p1) 1~p1>1' }, 'W8', ['a', 1, 5]],
  ['a wrong old entry within a batch', { a: 's0(p1) 1[~p1>2;~p1>3]' }, 'W8', ['a', 1, 5]],
  ['a snapshot with fewer peers than it says', { a: 's4/2(p1)' }, 'W13', ['a', 1, 4]],
  ['a snapshot with a peer twice', { a: 's4/1(p1,p2)' }, 'W13', ['a', 1, 4]],
  ['an event amid a snapshot', { a: 's4/2(p1 5+q1' }, 'W13', ['a', 1, 4]],
  ['a snapshot that lacks a peer', { a: 's0() 1+p1 2+q1', b: 's2(p1) 3+r1' }, 'W13', ['b', 1, 4]],
  [
    'a snapshot with an entry of another transaction',
    { a: 's0() 1+p1 2~p1>2', b: 's2(p1)' },
    'W13',
    ['b', 1, 4],
  ],
  [
    'a snapshot that the changes of others contradict later',
    { a: 's2(p1)', b: 's0() 1+p1 2~p1>2' },
    'W13',
    ['b', 1, 5],
  ],
  [
    'a resync that kept a peer which was removed in the gap',
    { a: 's0() 1+p1 s3(p1,q1)', b: 's0() 1+p1 2-p1 3+q1' },
    'W13',
    ['b', 1, 6],
  ],
  [
    'peers that differ after the same changes',
    { a: 's0(o1) 1+p1', b: 's1(p1) 2+q1', c: 's0() 1+p1' },
    'W13',
    ['b', 1, 4],
  ],
  [
    'digests that do not converge',
    { a: 's0() 1+p1 #x', b: 's0() 1+p1 #y' },
    'convergence',
    ['b', 1, 5],
  ],
  [
    'an end at which an observer holds other peers than the registry',
    { a: 's0() 1+p1' },
    'convergence',
    ['a', 1, 4],
    { ending: endingOf(1, 'p2', 'a') },
  ],
  [
    'a live observer that has not seen the last transaction',
    { a: 's0() 1+p1' },
    'delivery',
    ['a', 1, 4],
    { ending: endingOf(2, 'p1,q1', 'a') },
  ],
  [
    'a live observer of which nothing was heard',
    { a: 's0() 1+p1', b: '' },
    'delivery',
    ['b', 0, 0],
    { ending: endingOf(1, 'p1', 'a', 'b') },
  ],
  [
    'an incarnation that speaks after the next has begun',
    { a: 's0() | s0() ^1 1+p1' },
    'lives',
    ['a', 1, 4],
  ],
  ['an incarnation that begins a second time', { a: 's0() | s0() |1' }, 'lives', ['a', 1, 4]],
  ['an incarnation that speaks before it begins', { a: 's0() ^2 1+p1' }, 'lives', ['a', 2, 4]],
  ['words after the end', { a: 's0() . 1+p1' }, 'lives', ['a', 1, 5]],
  [
    'one restart too many, too soon',
    { a: 's0() @10 | s0() @20 | s0() @900 | s0()' },
    'restarts',
    ['a', 4, 1],
  ],
  [
    'one restart too many after a revival, which forgives none of those before',
    { a: 's0() @10 | s0() @20 | s0() @30 * | s0() @900 | s0()' },
    'restarts',
    ['a', 5, 1],
  ],
  [
    'one restart too many, when another observer was revived',
    { a: 's0() @10 | s0() @20 | s0() @30 | s0()', b: 's0() *' },
    'restarts',
    ['a', 4, 1],
  ],
  ['more peers than the cap', { a: 's0() 1+p1 2+q1' }, 'caps', ['a', 1, 5], { maxPeers: 1 }],
  [
    'a snapshot of more peers than the cap',
    { a: 's0(p1,q1)' },
    'caps',
    ['a', 1, 5],
    { maxPeers: 1 },
  ],
  ['more observers than the cap', { a: 's0()', b: 's0()' }, 'caps', 'run', { maxObservers: 1 }],
  [
    'a registry that ends with more peers than the cap',
    {},
    'caps',
    'run',
    { maxPeers: 1, ending: endingOf(2, 'p1,q1') },
  ],
];

describe('the checkers refuse', () => {
  it.each(failing)('%s', (_, histories, rule, where, setting) => {
    const { verdict, violations } = checkTexts(histories, setting);
    expect(verdict).toBe('fail');
    const first = violations[0]!;
    expect(first.rule).toBe(rule);
    if (where === 'run') {
      expect(first.place).toBeUndefined();
    } else {
      const [observer, incarnation, record] = where;
      expect(first.place).toEqual({ observer, incarnation, record });
    }
    expect(first.expected).not.toBe('');
    expect(first.got).not.toBe('');
    // One cause, one rule: what follows from it is not held against other rules.
    expect(violations.filter((violation) => violation.rule !== rule)).toEqual([]);
  });

  it('two events that changed places: a gap, then a step back', () => {
    const { violations } = checkTexts({ a: 's3() 4+p1 6+r1 5+q1 7-p1' });
    expect(violations).toEqual([
      {
        rule: 'W4',
        place: { observer: 'a', incarnation: 1, record: 5 },
        seq: 6,
        expected: 'transaction 5 after 4',
        got: 'transaction 6',
      },
      {
        rule: 'W1',
        place: { observer: 'a', incarnation: 1, record: 6 },
        seq: 5,
        expected: 'transaction 7 after 6',
        got: 'transaction 5',
      },
    ]);
  });

  it('with as many named histories as are asked for', () => {
    expect(failing.length).toBeGreaterThanOrEqual(50);
    expect(new Set(failing.map(([name]) => name)).size).toBe(failing.length);
  });
});
