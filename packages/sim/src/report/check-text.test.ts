import { describe, expect, it } from 'vitest';
import { aCheck } from './check-document.fixture.js';
import { formatCheck } from './check-text.js';
import { plain } from './screens.fixture.js';

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)!;

describe('what a recorded log came to, as text', () => {
  it('names the place of each breach, and counts those that are not shown', () => {
    const rules = aCheck.rules.map((rule) =>
      rule.rule === 'W4' ? { ...rule, violations: 20 } : { ...rule, violations: 0 },
    );
    const [violation] = aCheck.violations;
    const place = { ...violation!.place!, offset: 128 };
    const violations = [{ ...violation!, place }];
    const text = formatCheck({ ...aCheck, rules, violations, complete: true }, plain);
    expect(text).toContain('W4: mesh, incarnation 1, record 3, offset 128');
    expect(text).toContain('and 19 more');
    expect(text).not.toContain('not recorded');
    expect(lastLine(text)).toBe('fail: the rules are broken in 20 places');
  });

  it('says the seed of generated churn once', () => {
    const first = (source: string) => formatCheck({ ...aCheck, source }, plain);
    expect(first('kad, 50 peers, seed 7')).toMatch(/^source +kad, 50 peers, seed 7$/m);
    expect(first('x.avt')).toMatch(/^source +x\.avt, seed 7$/m);
  });

  it('says what could not be checked of a log without its end', () => {
    const rules = aCheck.rules.map((rule) => ({ ...rule, violations: 0 }));
    const document = { ...aCheck, rules, violations: [], verdict: 'incomplete' } as const;
    const text = formatCheck(document, plain);
    expect(text).toContain('the run’s end was not recorded');
    expect(lastLine(text)).toContain('incomplete: what is there keeps the rules');
  });
});
