import type { Colors } from './colors.js';
import type { ThresholdOutcome } from './run-document.js';

/** The outcome of each condition, a line each, and their number. */
export function thresholdLines(thresholds: readonly ThresholdOutcome[], colors: Colors): string[] {
  const failed = thresholds.filter(({ passed }) => !passed).length;
  const all = `${thresholds.length} threshold${thresholds.length === 1 ? '' : 's'}`;
  return [
    ...thresholds.map((outcome) => {
      const mark = outcome.passed ? colors.green('holds') : colors.red('fails');
      return `${mark}  ${outcome.figure} ${outcome.condition}  ${colors.dim(measuredFigures(outcome))}`;
    }),
    failed === 0
      ? colors.green(`${all} ${thresholds.length === 1 ? 'holds' : 'hold'}`)
      : colors.red(`${failed} of ${all} fail`),
  ];
}

/** What a condition was judged by, as in `is 993.4`; of many figures the ends. */
export function measuredFigures({ actual, problem }: ThresholdOutcome): string {
  if (problem !== undefined) return problem;
  if (actual.length === 1) return `is ${printed(actual[0]!.value)}`;
  const numbers = actual.flatMap(({ figure, value }) =>
    typeof value === 'number' ? [{ figure, value }] : [],
  );
  if (actual.length > mostNamed && numbers.length === actual.length) return describeRange(numbers);
  return actual.map(({ figure, value }) => `${figure} is ${printed(value)}`).join(', ');
}

/** So many figures are named one by one. */
const mostNamed = 3;

function describeRange(
  all: readonly { readonly figure: string; readonly value: number }[],
): string {
  const least = all.reduce((a, b) => (b.value < a.value ? b : a));
  const most = all.reduce((a, b) => (b.value > a.value ? b : a));
  if (least.value === most.value) return `all ${all.length} are ${printed(least.value)}`;
  return (
    `${all.length} from ${printed(least.value)} (${least.figure}) ` +
    `to ${printed(most.value)} (${most.figure})`
  );
}

const printed = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US', { maximumFractionDigits: 3 })
    : String(value);
