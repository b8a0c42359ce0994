import type { Writable } from 'node:stream';
import { systemClock } from '@panoptes/core';
import { type Logger, pino } from 'pino';

/**
 * Ends this process at once, after what was logged has been written. A thread that is blocked in a
 * system call cannot be ended from within, and `process.exit` would wait for it for ever.
 */
export async function endProcess(logger: Logger): Promise<void> {
  try {
    logger.fatal('a thread does not end; this process ends itself (observers.zombies)');
  } catch {
    // It ends all the same.
  }
  const { [pino.symbols.streamSym]: stream } = logger as unknown as Record<
    symbol,
    Partial<Writable>
  >;
  // A destination calls a flush done while its last write is under way; its end, only after that.
  const written = new Promise<void>((resolve) => {
    systemClock.after(lastWordsMs, resolve);
    stream?.once?.('close', resolve);
    stream?.end?.();
  });
  // One that cannot be ended has nothing more to say.
  await written.catch(() => undefined);
  process.kill(process.pid, 'SIGKILL');
}

/** How long a log may take to be written before its process ends. */
const lastWordsMs = 1_000;
