import { numberText } from '../report/number-text.js';
import { printable } from '../report/printable.js';
import type { FollowFigures } from './follow-document.js';

/** What has happened between two looks at a replica, in sentences. */
export function followNews(before: FollowFigures | undefined, now: FollowFigures): string[] {
  const news: string[] = [];
  if (before === undefined) {
    news.push(
      `following '${now.name}' after transaction ${numberText(now.seq)}, in epoch ${now.epoch}`,
    );
  } else {
    if (before.isReachable !== now.isReachable) {
      news.push(now.isReachable ? 'the server answers again' : unreachable);
    }
    if (before.epoch !== now.epoch) news.push(`epoch ${now.epoch} has begun`);
  }
  if (before?.primary?.member !== now.primary?.member && now.isReachable) {
    if (now.primary !== null) news.push(`the primary is ${primaryWords(now)}`);
    else if (before?.primary) news.push('the primary is gone: nobody renews its lease');
  }
  if (now.problem !== null && now.problem !== before?.problem) {
    news.push(`it follows no more: ${printable(now.problem)}`);
  }
  return news;
}

/** Who the primary is, as far as that is known. */
export function primaryWords({ primary, isReachable }: FollowFigures): string {
  if (!isReachable) return 'not known: the server cannot be reached';
  if (primary === null) return 'none';
  return `process ${primary.pid} on ${printable(primary.host)}`;
}

const unreachable = 'the server cannot be reached; what is here can be read, and it goes on trying';
