import { numberText } from './number-text.js';
import type { RunDocument } from './run-document.js';

/** Where a run went on that an earlier life of its registry had begun. */
export function continuedText({
  continued,
  stream,
}: Pick<RunDocument, 'continued' | 'stream'>): string | undefined {
  if (continued === undefined) return undefined;
  const { seq, epoch, wasWhole } = continued;
  const holder = stream === undefined ? 'store' : 'stream';
  const where = wasWhole
    ? `at transaction ${numberText(seq)}, which was its last: the ${holder} held all of it`
    : `after transaction ${numberText(seq)}, which the ${holder} held`;
  return `${where}; life ${numberText(epoch)} of the registry`;
}
