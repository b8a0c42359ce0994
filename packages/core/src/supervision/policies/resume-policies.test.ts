import { describe, expect, it } from 'vitest';
import { ResumePolicies } from './resume-policies.js';

describe('what is known of observers that resume', () => {
  it('is kept by name, of the last 1,024 that were registered', () => {
    const policies = new ResumePolicies();
    const [first, second] = [policies.of('first'), policies.of('second')];
    for (let number = 0; number < 1_022; number++) policies.of(`${number}`);
    expect(policies.of('first')).toBe(first);
    policies.of('one more');
    expect(policies.of('first')).toBe(first);
    expect(policies.of('second')).not.toBe(second);
  });
});
