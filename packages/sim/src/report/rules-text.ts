import type { RuleVerdict, Violation } from '@panoptes/testkit';
import type { Colors } from './colors.js';
import { wholeNumberText } from './number-text.js';

/** A broken rule, and where. */
export function violationText({ rule, place, seq, expected, got }: Violation): string {
  const where = [
    ...(place === undefined ? [] : [`${place.observer}, incarnation ${place.incarnation}`]),
    ...(place === undefined ? [] : [`record ${place.record}`]),
    ...(place?.offset === undefined ? [] : [`offset ${place.offset}`]),
    ...(seq === undefined ? [] : [`seq ${seq}`]),
  ];
  return `${rule}: ${[...where, `expected ${expected}, got ${got}`].join(', ')}`;
}

/** Which rules held, in one line. */
export function rulesInShort(rules: readonly RuleVerdict[], colors: Colors): string {
  const names = (some: readonly RuleVerdict[]): string => some.map(({ rule }) => rule).join(', ');
  const broken = rules.filter(({ violations }) => violations > 0);
  if (broken.length > 0) return `${names(broken)} ${colors.red('broken')}`;
  const held = rules.filter(({ checked }) => checked > 0);
  const unseen = rules.filter(({ checked }) => checked === 0);
  const places = wholeNumberText(rules.reduce((sum, { checked }) => sum + checked, 0));
  const others = unseen.length === 0 ? '' : `; no occasion for: ${names(unseen)}`;
  return `${held.length} ${colors.green('hold')} in ${places} places${others}`;
}
