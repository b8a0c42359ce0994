import type { PeerEntry } from '@panoptes/core';
import { decodeEntry, entryMemory, fieldsHash, nextTurn } from '@panoptes/core/follower';
import { ConfigError, describe } from '@panoptes/core/observer';
import { readSteadily } from './steady-file.js';
import { storePath } from './store-path.js';

/**
 * Reads all peers of a store, in the order of their node ids, also while a registry writes there.
 *
 * @param path - the store's folder
 * @param take - is handed each; what it returns is waited for
 * @throws {ConfigError} when that is no path, or `take` no function
 * @throws {StoreError} when there is none, it is damaged, or its peers have other fields
 */
export async function dumpStore(
  path: string,
  take: (peer: PeerEntry) => void | Promise<void>,
): Promise<void> {
  const place = storePath(path, 'the path of the store');
  if (typeof take !== 'function') {
    throw new ConfigError(`take: expected a function, got ${describe(take)}`);
  }
  await readSteadily(place, async (file) => {
    file.check(fieldsHash);
    let count = 0;
    for (const entry of file.entries()) {
      const memory = entryMemory(new ArrayBuffer(entry.length));
      memory.u8.set(entry);
      await take(decodeEntry(memory, 0));
      if (++count % peersATurn === 0) await nextTurn();
    }
  });
}

/** Others have their turn after so many. */
const peersATurn = 256;
