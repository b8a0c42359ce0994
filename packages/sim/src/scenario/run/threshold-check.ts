import type { ThresholdOutcome } from '../../report/run-document.js';
import type { Condition, Thresholds } from '../schema/thresholds.js';
import { durationIn } from '../../time/time-unit.js';
import { figuresAt, type FoundFigure, onlyTheRunKnows } from './figure-path.js';

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
  const actual = found.map(withoutDepth);
  const word = condition.text.replace(/^[<>=!]+\s*/, '');
  const odd = found.find(({ value }) => typeof value !== typeof condition.value);
  if (odd !== undefined) {
    const problem = `${odd.figure} is ${describeKind(odd.value)}, which cannot be compared with ${word}`;
    return { ...common, passed: false, actual, problem };
  }
  const limits = found.map(({ unit }) => limitIn(unit, condition));
  const timeless = found[limits.indexOf(undefined)];
  if (timeless !== undefined) {
    const { unit } = timeless;
    const where = unit === undefined ? '' : ` (it is in ${unit})`;
    const problem = `${timeless.figure} is no time${where}: expected a number without a unit, got ${word}`;
    return { ...common, passed: false, actual, problem };
  }
  const passed = found.every(({ value }, at) => holds(value, condition.operator, limits[at]!));
  return { ...common, passed, actual };
}

/** What a condition compares with, in a figure's unit; undefined of a duration where that is none of time. */
const limitIn = (
  unit: string | undefined,
  { value, isDuration }: Condition,
): Condition['value'] | undefined => (isDuration ? durationIn(unit ?? '', value as number) : value);

/** Whole sections are no figures, and would swell the report. */
const withoutDepth = ({ figure, value }: FoundFigure) => ({
  figure,
  value: typeof value === 'object' && value !== null ? describeKind(value) : value,
});

const describeKind = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a group of figures' : `a ${typeof value}`;
};

function holds(
  actual: unknown,
  operator: Condition['operator'],
  value: Condition['value'],
): boolean {
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
