import { counted, numberText } from './number-text.js';
import type { StreamFacts } from './run-document.js';

/** What a stream has of a run's registry. */
export function streamText({ name, servers, epoch, lastSeq, streamSeq }: StreamFacts): string {
  const missing = lastSeq - streamSeq;
  const has =
    missing === 0
      ? `has all ${counted(lastSeq, 'transaction')}`
      : `has ${counted(streamSeq, 'transaction')}, and not the last ${numberText(missing)}`;
  return `${name} at ${servers.join(', ')}, epoch ${numberText(epoch)}: ${has}`;
}
