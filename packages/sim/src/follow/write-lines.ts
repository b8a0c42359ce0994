import { writeAside } from '../commands/print.js';
import type { Terminal } from '../commands/terminal.js';
import type { EndReason, FollowFigures, FollowSample } from './follow-document.js';
import { followLooks } from './follow-looks.js';
import { followNews } from './follow-news.js';

import type { FollowedStream } from './followed-stream.js';

/**
 * Writes a line of JSON about a replica each second until `end`, and on stderr what happens.
 *
 * @returns why it has ended, when nothing else had ended it
 */
export async function writeLines(
  { stdout, stderr, clock }: Pick<Terminal, 'stdout' | 'stderr' | 'clock'>,
  followed: FollowedStream,
  end: AbortController,
): Promise<EndReason> {
  let before: FollowFigures | undefined;
  const times = { clock, everyMs: lineEveryMs, signal: end.signal };
  // Whoever reads has seen enough.
  const leave = (): void => end.abort();
  stdout.on('error', leave);
  try {
    for await (const now of followLooks(() => followed.figures(), times)) {
      for (const line of followNews(before, now)) writeAside({ stderr }, `${line}\n`);
      before = now;
      const sample: FollowSample = { ...now, kind: 'sample' };
      // Who reads slowly misses what comes meanwhile.
      if (!stdout.writableNeedDrain) stdout.write(documentLine(sample));
    }
  } finally {
    stdout.off('error', leave);
  }
  return 'quit';
}

/** A document as one line. */
export const documentLine = (document: object): string => `${JSON.stringify(document)}\n`;

const lineEveryMs = 1_000;
