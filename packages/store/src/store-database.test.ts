// A store's file that changes while another opens it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeStore } from './new-store.js';
import { StoreDatabase } from './store-database.js';
import { type StoredState, firstState } from './store-layout.js';
import { StoredFile } from './stored-file.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-store-database-'));
afterAll(() => rmSync(folder, { recursive: true }));

let stores = 0;
async function newStore(): Promise<string> {
  const path = mkdtempSync(join(folder, `store-${++stores}-`));
  await makeStore(path, firstState('b3c1e9a0-0000-4000-8000-000000000000', 'f'.repeat(32)));
  return path;
}

const limits = { mapSizeBytes: 2 ** 20, historyBytes: 0 };

function check(path: string): StoredState {
  const file = new StoredFile(path);
  try {
    return file.check();
  } finally {
    file.close();
  }
}

/** A transaction more, as far as the state tells. */
const write = (database: StoreDatabase): void =>
  database.changeSpaces((before) => ({ ...before, lastSeq: before.lastSeq + 1 }));

describe('a store into which another writes', () => {
  it('is refused when that has changed what was looked through', async () => {
    const path = await newStore();
    const writer = new StoreDatabase(path, check(path), limits);
    const found = check(path);
    write(writer);
    expect(() => new StoreDatabase(path, found, limits)).toThrow(
      expect.objectContaining({
        code: 'STORE_LOCKED',
        message: expect.stringContaining('up to seq 1: another process writes there now') as string,
      }) as Error,
    );
    write(writer);
    expect(check(path)).toMatchObject({ epoch: 1, lastSeq: 2 });
    await writer.close();
  });

  it('is not called damaged when its pages change while they are read', async () => {
    const path = await newStore();
    const writer = new StoreDatabase(path, check(path), limits);
    const file = new StoredFile(path);
    // So often that the pages of the first state are used again.
    for (let times = 0; times < 10; times++) write(writer);
    const isLocked = expect.objectContaining({ code: 'STORE_LOCKED' }) as Error;
    expect(() => file.check()).toThrow(isLocked);
    expect(() => file.state()).toThrow(isLocked);
    expect(() => [...file.entries()]).toThrow(isLocked);
    file.close();
    await writer.close();
  });
});

describe('a store that is larger than it may be', () => {
  it('is refused before it changes', async () => {
    const path = await newStore();
    const small = { ...limits, mapSizeBytes: 4_096 };
    const isFull = expect.objectContaining({ code: 'STORE_FULL' }) as Error;
    expect(() => new StoreDatabase(path, check(path), small)).toThrow(isFull);
    expect(check(path).epoch).toBe(0);
  });
});
