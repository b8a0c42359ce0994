import type { CheckDocument } from '@panoptes/testkit';
import { violationText } from './rules-text.js';
import type { Screen } from './screen.js';
import { sourceText } from './source-text.js';
import { factLines, textTable } from './text-table.js';
import { wholeNumberText } from './number-text.js';

/** The verdicts on a recorded log, for people to read; the overall one comes last. */
export function formatCheck(document: CheckDocument, screen: Screen): string {
  const { colors } = screen;
  const { file, source, seed, complete, lives, violations, rules } = document;
  const found = rules.reduce((sum, rule) => sum + rule.violations, 0);
  const more = found - violations.length;
  return [
    ...factLines(
      [
        ['log', file],
        ['source', sourceText(source, seed)],
        ...(lives > 1 ? [['lives', wholeNumberText(lives)] as const] : []),
      ],
      screen,
    ),
    ...(complete
      ? []
      : [colors.yellow('the run’s end was not recorded: what follows from it is not checked')]),
    '',
    historyTable(document, screen),
    '',
    ruleTable(document, screen),
    ...violations.map((violation) => colors.red(violationText(violation))),
    ...(more > 0 ? [colors.red(`and ${wholeNumberText(more)} more`)] : []),
    '',
    verdictOf(document.verdict, found, screen),
    '',
  ].join('\n');
}

function verdictOf(verdict: CheckDocument['verdict'], found: number, { colors }: Screen): string {
  switch (verdict) {
    case 'pass':
      return colors.green('pass: every history keeps the rules');
    case 'incomplete':
      return colors.red('incomplete: what is there keeps the rules, and the run’s end is missing');
    case 'fail':
      return colors.red(
        `fail: the rules are broken in ${wholeNumberText(found)} ${found === 1 ? 'place' : 'places'}`,
      );
  }
}

const historyTable = ({ observers }: CheckDocument, screen: Screen): string =>
  textTable(
    [
      ['observer'],
      ['incarnations', 'right'],
      ['snapshots', 'right'],
      ['events', 'right'],
      ['changes', 'right'],
    ],
    observers.map(({ name, incarnations, snapshots, events, changes }) => [
      name,
      ...[incarnations, snapshots, events, changes].map(wholeNumberText),
    ]),
    screen,
  );

const ruleTable = ({ rules }: CheckDocument, screen: Screen): string =>
  textTable(
    [['rule'], ['says'], ['places', 'right'], ['skipped', 'right'], ['broken', 'right']],
    rules.flatMap(({ rule, claim, checked, skipped, violations }) => {
      if (checked + skipped + violations === 0) return [];
      const { green, red } = screen.colors;
      const broken = violations === 0 ? green('0') : red(wholeNumberText(violations));
      return [[rule, claim, wholeNumberText(checked), wholeNumberText(skipped), broken]];
    }),
    screen,
  );
