import { describe, expect, it } from 'vitest';
import { Findings } from './verdicts.js';

describe('findings', () => {
  it('keep the first violations word for word and count all, others’ as well', () => {
    const findings = new Findings();
    const theirs = new Findings();
    for (let seq = 0; seq < 150; seq++) {
      theirs.broken({ rule: 'W2', seq, expected: 'once', got: 'twice' });
      theirs.checked('W2');
    }
    theirs.skipped('W7', 3);
    findings.checked('W2', 50);
    findings.broken({ rule: 'caps', expected: 'few', got: 'many' });
    findings.add(theirs.verdicts());
    const { rules, violations, verdict } = findings.verdicts();
    expect(verdict).toBe('fail');
    expect(violations).toHaveLength(100);
    expect(violations.slice(0, 2)).toEqual([
      { rule: 'caps', expected: 'few', got: 'many' },
      { rule: 'W2', seq: 0, expected: 'once', got: 'twice' },
    ]);
    const of = (name: string) => rules.find(({ rule }) => rule === name);
    expect(of('W2')).toMatchObject({ checked: 200, violations: 150 });
    expect(of('W7')).toMatchObject({ skipped: 3, violations: 0 });
    expect(of('caps')).toMatchObject({ violations: 1 });
  });

  it('pass when nothing is broken', () => {
    expect(new Findings().verdicts()).toMatchObject({ violations: [], verdict: 'pass' });
  });
});
