import { counted, numberText, wholeNumberText } from '../report/number-text.js';
import type { Screen } from '../report/screen.js';
import { shortDigest } from '../report/agreement-text.js';
import { factLines, textTable } from '../report/text-table.js';
import type { EndReason, FollowEnd } from './follow-document.js';
import { primaryWords } from './follow-news.js';

/** How it was at the end, for people to read. */
export function formatFollowEnd(end: FollowEnd, screen: Screen): string {
  const { name, seq, epoch, peers, lag, observers, reason, problem } = end;
  const facts: [string, string][] = [
    ['followed', `${name}, registry ${end.id}`],
    ['transaction', `${numberText(seq)}, epoch ${epoch}; ${numberText(lag.transactions)} behind`],
    ['peers', `${counted(peers, 'peer')}, digest ${shortDigest(end.digest)}`],
    ['primary', primaryWords(end)],
  ];
  const rows = observers.map((one) => [
    one.name,
    one.state,
    ...[one.seq, one.lag, one.resyncs, one.restarts].map(wholeNumberText),
    shortDigest(one.digest),
  ]);
  return [
    ...factLines(facts, screen),
    ...(rows.length === 0 ? [] : ['', textTable(columns, rows, screen)]),
    '',
    problem === null ? reasons[reason] : screen.colors.red(`it follows no more: ${problem}`),
    '',
  ].join('\n');
}

const columns = [
  ...(['observer', 'state'] as const).map((title) => [title, 'left'] as const),
  ...(['seq', 'lag', 'resyncs', 'restarts'] as const).map((title) => [title, 'right'] as const),
  ['digest', 'left'] as const,
];

const reasons: Readonly<Record<EndReason, string>> = {
  'until-seq': 'ended: the transaction has come',
  for: 'ended: the time is over',
  quit: 'ended',
  interrupted: 'interrupted',
  stopped: 'ended: no more transactions will come',
};
