import { numberText } from './number-text.js';
import type { RunDocument } from './run-document.js';

/** Where a run went on that an earlier life of its registry had begun. */
export function continuedText(continued: NonNullable<RunDocument['continued']>): string {
  const { seq, epoch, wasWhole } = continued;
  const where = wasWhole
    ? `at transaction ${numberText(seq)}, which was its last: the store held all of it`
    : `after transaction ${numberText(seq)}, which the store held`;
  return `${where}; life ${numberText(epoch)} of the registry`;
}
