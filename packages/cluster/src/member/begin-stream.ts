import type { RegistryStore } from '@panoptes/core';
import { StoreError, fieldsHash, isA, systemClock } from '@panoptes/core/follower';
import { randomUUID } from 'node:crypto';
import type { RunStream } from '../run-stream.js';
import { isMissing } from '../stream-problem.js';

/**
 * Begins the first epoch of a stream in which none has begun, so that there is a registry that can be followed.
 *
 * @param store - the stream as that of a primary
 * @throws {StoreError} when it cannot be had
 */
export async function beginStream(stream: RunStream, store: RegistryStore): Promise<void> {
  while (!(await hasBegun(stream))) {
    try {
      const opened = await store.open({ id: randomUUID(), fields: fieldsHash });
      await opened.close();
    } catch (error) {
      // Another is about to.
      if (!isA(error, StoreError) || error.code !== 'STORE_LOCKED') throw error;
      await new Promise<void>((resolve) => void systemClock.after(retryMs, resolve));
    }
  }
}

async function hasBegun(stream: RunStream): Promise<boolean> {
  try {
    return (await stream.ends()).last > 0;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

const retryMs = 100;
