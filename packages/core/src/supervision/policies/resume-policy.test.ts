import { describe, expect, it } from 'vitest';
import { ResumePolicy } from './resume-policy.js';

describe('an observer that has stored something', () => {
  it('is given once more what it failed at, and then no more', () => {
    const policy = new ResumePolicy();
    expect(policy.mayResume(0)).toBe(true);
    policy.failedAt({ first: 10, last: 20 });
    expect(policy.mayResume(5)).toBe(true);
    policy.failedAt({ first: 15, last: 15 });
    expect([5, 14, 15, 16].map((cursor) => policy.mayResume(cursor))).toEqual([
      ...[false, false],
      ...[true, true],
    ]);
  });

  it('is given again what it failed at once, as often as it gets further', () => {
    const policy = new ResumePolicy();
    for (let seq = 10; seq < 100; seq += 10) {
      policy.failedAt({ first: seq, last: seq + 9 });
      expect(policy.mayResume(0)).toBe(true);
    }
  });
});
