import Table from 'cli-table3';
import type { CheckDocument } from '../record/check-recording.js';
import type { Colors } from './colors.js';
import { violationText } from './rules-text.js';

const digits = new Intl.NumberFormat('en-US');
const count = (n: number): string => digits.format(n);

/** What a recorded log came to, for people to read; ends with the verdict. */
export function formatCheck(document: CheckDocument, colors: Colors): string {
  const { file, source, seed, complete, violations, rules } = document;
  const found = rules.reduce((sum, rule) => sum + rule.violations, 0);
  const more = found - violations.length;
  return [
    `${colors.dim('log   ')}  ${file}`,
    `${colors.dim('source')}  ${source}${seed === null ? '' : `, seed ${seed}`}`,
    ...(complete
      ? []
      : [colors.yellow('the run’s end was not recorded: what follows from it is not checked')]),
    '',
    historyTable(document),
    '',
    ruleTable(document, colors),
    ...violations.map((violation) => colors.red(violationText(violation))),
    ...(more > 0 ? [colors.red(`and ${count(more)} more`)] : []),
    '',
    document.verdict === 'pass'
      ? colors.green('pass: every history keeps the rules')
      : colors.red(
          `fail: the rules are broken in ${count(found)} ${found === 1 ? 'place' : 'places'}`,
        ),
    '',
  ].join('\n');
}

function historyTable({ observers }: CheckDocument): string {
  const table = new Table({
    head: ['observer', 'lives', 'snapshots', 'events', 'changes'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, incarnations, snapshots, events, changes } of observers) {
    table.push([name, ...[incarnations, snapshots, events, changes].map(count)]);
  }
  return table.toString();
}

function ruleTable({ rules }: CheckDocument, colors: Colors): string {
  const table = new Table({
    head: ['rule', 'says', 'places', 'skipped', 'broken'],
    colAligns: ['left', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const { rule, claim, checked, skipped, violations } of rules) {
    if (checked + skipped + violations === 0) continue;
    const broken = violations === 0 ? colors.green('0') : colors.red(count(violations));
    table.push([rule, claim, count(checked), count(skipped), broken]);
  }
  return table.toString();
}
