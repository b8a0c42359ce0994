import { describe, expect, it } from 'vitest';
import { aboutFacts } from './about-facts.js';

describe('facts that a program says of itself', () => {
  it('are taken as they are', () => {
    const facts = [
      { label: 'phase', value: 'steady' },
      { label: 'progress', value: 42, share: 0.42 },
    ];
    expect(aboutFacts(() => facts)).toEqual(facts);
  });

  it('are bounded, in number and in length', () => {
    const long = { label: 'l'.repeat(1_000), value: 'v'.repeat(1_000), other: 'o' };
    const facts = aboutFacts(() => Array.from({ length: 100 }, () => long));
    expect(facts).toHaveLength(16);
    expect(facts[0]).toEqual({ label: `${'l'.repeat(63)}…`, value: `${'v'.repeat(199)}…` });
  });

  it('are left out where they are none, and only they', () => {
    const odd = [null, 5, {}, { label: 'a' }, { label: 7, value: 'x' }, { label: 'n', value: NaN }];
    const share = (given: unknown) => ({ label: 'a', value: 1, share: given });
    expect(aboutFacts(() => [...odd, share(-1), share(2), share('1'), share(1)])).toEqual([
      ...Array.from({ length: 3 }, () => ({ label: 'a', value: 1 })),
      { label: 'a', value: 1, share: 1 },
    ]);
  });

  it.each([
    [() => undefined, 'failed: expected a list of facts, got undefined'],
    [() => Promise.resolve([]), 'failed: expected a list of facts, got '],
    [
      () => {
        throw new Error('x'.repeat(1_000));
      },
      'failed: xxx',
    ],
  ])('say so when they cannot be had: %s', (about, value) => {
    expect(aboutFacts(about)).toEqual([
      { label: 'about', value: expect.stringContaining(value) as string },
    ]);
  });
});
