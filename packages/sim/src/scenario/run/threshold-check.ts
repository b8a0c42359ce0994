import type { ThresholdOutcome } from '../../report/run-document.js';
import type { Condition, Thresholds } from '../schema/thresholds.js';
import { figuresAt, onlyTheRunKnows } from './figure-path.js';

/** Judges each condition by the figures of a run. A figure that is not there fails its conditions. */
export function checkThresholds(thresholds: Thresholds, figures: unknown): ThresholdOutcome[] {
  return Object.entries(thresholds).flatMap(([figure, conditions]) =>
    (Array.isArray(conditions) ? conditions : [conditions]).map((condition) =>
      judge(figure, condition, figures),
    ),
  );
}

function judge(figure: string, condition: Condition, figures: unknown): ThresholdOutcome {
  const common = { figure, condition: condition.text };
  const lookup = figuresAt(figures, figure);
  if ('problem' in lookup) return { ...common, passed: false, actual: [], problem: lookup.problem };
  // What only the run knows is judged when it has ended.
  const found = lookup.found.filter(({ value }) => value !== onlyTheRunKnows);
  const odd = found.find(({ value }) => typeof value !== typeof condition.value);
  if (odd !== undefined) {
    const problem = `${odd.figure} is ${describeKind(odd.value)}, which cannot be compared with ${condition.value}`;
    return { ...common, passed: false, actual: found.map(withoutDepth), problem };
  }
  return { ...common, passed: found.every(({ value }) => holds(value, condition)), actual: found };
}

/** Whole sections are no figures, and would swell the report. */
const withoutDepth = ({ figure, value }: { figure: string; value: unknown }) => ({
  figure,
  value: typeof value === 'object' && value !== null ? describeKind(value) : value,
});

const describeKind = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a group of figures' : `a ${typeof value}`;
};

function holds(actual: unknown, { operator, value }: Condition): boolean {
  switch (operator) {
    case '==':
      return actual === value;
    case '!=':
      return actual !== value;
    case '<':
      return (actual as number) < (value as number);
    case '<=':
      return (actual as number) <= (value as number);
    case '>':
      return (actual as number) > (value as number);
    case '>=':
      return (actual as number) >= (value as number);
  }
}
