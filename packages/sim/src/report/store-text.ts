import type { StoreReport } from '@panoptes/store';
import { wholeNumberText } from './number-text.js';
import type { Screen } from './screen.js';
import { factLines } from './text-table.js';

/** What a store holds, for people to read. */
export function formatStore(
  report: StoreReport & { readonly action: string },
  screen: Screen,
): string {
  const { history, writer } = report;
  const from = history.from;
  const kept =
    from === undefined
      ? 'none'
      : `from ${wholeNumberText(from)} on, ${wholeNumberText(history.bytes)} bytes`;
  const time = report.lastSeq === 0 ? '' : `, ${new Date(report.lastTime).toISOString()}`;
  return [
    ...factLines(
      [
        ['store', report.path],
        ['registry', `${report.id}, epoch ${wholeNumberText(report.epoch)}`],
        ['last seq', `${wholeNumberText(report.lastSeq)}${time}`],
        ['peers', wholeNumberText(report.peers)],
        ['observers', `${wholeNumberText(report.observers)} have stored something`],
        ['history', kept],
        ['file', `${wholeNumberText(report.fileBytes)} bytes, version ${report.version}`],
        ['fields', `${report.fields} (${report.isReadable ? 'as' : 'not as'} in this release)`],
        ['writer', writer === undefined ? 'none' : `process ${writer.pid} on ${writer.host}`],
      ],
      screen,
    ),
    '',
    screen.colors.green(verdicts[report.action] ?? ''),
    '',
  ].join('\n');
}

const verdicts: Readonly<Record<string, string>> = {
  inspect: 'not looked through: verify does that',
  verify: 'pass: every page, peer, run and observer’s state is whole',
  backup: 'written and looked through',
  restore: 'restored: the next registry that opens it goes on from here',
};
