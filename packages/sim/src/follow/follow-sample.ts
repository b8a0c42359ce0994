import { counted, numberText } from '../report/number-text.js';
import { formatDuration } from '../time/duration.js';
import type { DashboardSample } from '../top/dashboard-sample.js';
import type { FollowedStream } from './followed-stream.js';
import { primaryWords } from './follow-news.js';
import type { FollowFigures } from './follow-document.js';

/** A replica as a dashboard would send it, to be shown in the same way. */
export function followSample({ replica }: FollowedStream, now: FollowFigures): DashboardSample {
  const { observers } = replica.getObserverStats();
  return {
    overview: {
      at: now.at,
      about: followFacts(now),
      registry: { state: replica.state },
      figures: { watched: { peers: now.peers }, replica: replica.replicaStats() },
    },
    observers: observers.map((stats) => ({ ...stats })),
  };
}

/** What there is to say of a replica beside its observers. */
export const followFacts = (now: FollowFigures): { label: string; value: string }[] => [
  { label: 'seq', value: numberText(now.seq) },
  { label: 'epoch', value: `${now.epoch}` },
  { label: 'behind', value: behindWords(now.lag) },
  { label: 'primary', value: primaryWords(now) },
];

const behindWords = ({ transactions, ms }: FollowFigures['lag']): string =>
  `${counted(transactions, 'transaction')}, ${formatDuration(ms)}`;
