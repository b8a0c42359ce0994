import type { BatchResult } from './commands.js';

/**
 * Removes expired peers until there are none.
 *
 * @param sweep - removes as many as one transaction may hold
 */
export async function cleanUp(
  sweep: () => Promise<BatchResult>,
): Promise<{ readonly removed: number; readonly seq: number }> {
  let removed = 0;
  for (;;) {
    const swept = await sweep();
    removed += swept.removed;
    if (swept.removed === 0) return { removed, seq: swept.seq };
  }
}
