import { describe, expect, it } from 'vitest';
import { checkTexts, endingOf, type Setting } from './hand-made.fixture.js';

const tier2Only = { filters: { f: { tiers: ['tier2' as const] } } };

describe('the checkers accept', () => {
  it.each<[string, Record<string, string>, Setting?]>([
    ['a history from the beginning', { a: 's0() 1+p1 2~p1>2 =2 3-p2 =3 .' }],
    ['a history that begins in the middle', { a: 's4(p1,q2) 5-q2 6+q1' }],
    ['nothing but a snapshot', { a: 's7(p1)' }],
    ['an announced resync over a gap', { a: 's0() 1+p1 2+q1 s9(q2) 10~q2>3' }],
    ['a resync at the very transaction that was seen last', { a: 's0() 1+p1 s1(p1) 2-p1' }],
    [
      'an incarnation that sees again what the last one saw',
      { a: 's0() 1+p1 2+q1 | s1(p1) 2+q1 3-p1' },
    ],
    ['an incarnation that ends amid a snapshot', { a: 's3/2(p1 | s3(p1,q1) 4-p1' }],
    ['batches', { a: 's0() 1[+p1;+q1] 2[~p1>2;-q1;~p2>3] 3-p3' }],
    ['two who saw the same', { a: 's0() 1+p1 2+q1 #x', b: 's1(p1) 2+q1 #x' }],
    ['digests that differ at different transactions', { a: 's0() 1+p1 #x', b: 's0() #y' }],
    [
      'a filtered history that has all that matches: entering and leaving, too',
      {
        f: 's0() 2+q2 3~p1>2 4~p2>3 6-q2 =6',
        a: 's0() 1+p1 2+q2 3~p1>2 4~p2>3 5~p3>4 6-q2',
      },
      tier2Only,
    ],
    [
      'a filtered history by kind, part of a batch among it',
      { f: 's0(o1,q1) 2+r1 =3', a: 's0(o1,q1) 1-o1 2[~q1>2;+r1] 3-r1' },
      { filters: { f: { kinds: ['PeerAdded'] } } },
    ],
    [
      'a filtered history by all that peers can be chosen by',
      { f: 's0() 2+q3 =3 4~q3>4', a: 's0() 1+p8 2+q3 3[-p8;+r6] 4~q3>4 5~q4>5' },
      {
        filters: {
          f: {
            kinds: ['PeerAdded', 'PeerUpdated'],
            tiers: ['tier3'],
            discoveryMethods: ['mesh-scan'],
            authenticated: true,
            quantumSecure: false,
          },
        },
      },
    ],
    [
      'as many restarts as are allowed, and one more when the first is long past',
      { a: 's0() @10 | s0() @20 | s0() @1021 | s0()' },
    ],
    [
      'a revival after as many restarts as are allowed',
      { a: 's0() @10 | s0() @20 | s0() @30 * | s0() 1+p1' },
    ],
    [
      'an end that everyone has come to',
      { a: 's0() 1+p1 2+q1', b: 's1(p1) 2+q1' },
      { ending: endingOf(2, 'q1,p1', 'a', 'b') },
    ],
    [
      'an end without one who was given up',
      { a: 's0() 1+p1 2+q1', b: 's0() 1+p1' },
      { ending: endingOf(2, 'q1,p1', 'a') },
    ],
  ])('%s', (_, histories, setting) => {
    expect(checkTexts(histories, setting)).toMatchObject({ violations: [], verdict: 'pass' });
  });
});
