import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type RootDatabase, open } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { LmdbPages } from './lmdb-pages.js';
import { newestRoot, readHead } from './lmdb-root.js';
import { makeStore } from './new-store.js';
import { StoreDatabase } from './store-database.js';
import { asBytes, encodeState, firstState, stateKey } from './store-layout.js';
import { StoredFile } from './stored-file.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-stored-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function newPath(): string {
  const path = join(folder, `store-${++files}`);
  mkdirSync(path);
  return path;
}

type Change = (database: RootDatabase<Buffer, Buffer>) => void;

/** Changes a file by lmdb. */
async function changed(path: string, change: Change): Promise<void> {
  const options = { path: join(path, 'peers.mdb'), noSubdir: true, overlappingSync: false };
  const database = open<Buffer, Buffer>({ ...options, ...asBytes });
  change(database);
  await database.close();
}

function check(path: string): unknown {
  const file = new StoredFile(path);
  try {
    return file.check('f'.repeat(32));
  } finally {
    file.close();
  }
}

const state = firstState('b3c1e9a0-0000-4000-8000-000000000000', 'f'.repeat(32));

describe('a file', () => {
  it('of a new store has the state that it was made with', async () => {
    const path = newPath();
    await makeStore(path, state);
    expect(check(path)).toEqual(state);
  });

  it('of somebody else’s is refused, and left as it is', async () => {
    const path = newPath();
    await changed(path, (database) =>
      database.openDB('accounts', asBytes).putSync(stateKey, stateKey),
    );
    const before = readFileSync(join(path, 'peers.mdb'));
    expect(() => check(path)).toThrow("a tree 'accounts'");
    expect(() => check(path)).toThrow(expect.objectContaining({ code: 'STORE_FORMAT' }) as Error);
    expect(readFileSync(join(path, 'peers.mdb')).equals(before)).toBe(true);
  });

  it('of a later version is refused, whatever else it holds', async () => {
    const path = newPath();
    await makeStore(path, state);
    await changed(path, (database) => {
      const later = encodeState({ ...state, version: 3 });
      database.openDB('state', asBytes).putSync(stateKey, later);
    });
    expect(() => check(path)).toThrow('expected version 2 of its layout at most, got 3');
  });

  it('of version 1, which had nothing of observers, is read, and written as the newest', async () => {
    const path = newPath();
    const old = Buffer.from(encodeState(state).subarray(0, 136));
    old.writeUInt32LE(1, 4);
    old.writeUInt32LE(crc32(old.subarray(4)), 0);
    await changed(path, (database) => {
      for (const name of ['peers', 'runs']) database.openDB(name, asBytes);
      database.openDB('state', asBytes).putSync(stateKey, old);
    });
    expect(check(path)).toEqual({ ...state, version: 1 });
    const limits = { mapSizeBytes: 2 ** 30, historyBytes: 0 };
    const database = new StoreDatabase(path, { ...state, version: 1 }, limits);
    await database.close();
    expect(check(path)).toEqual({ ...state, epoch: 1 });
  });

  it('whose parts do not go together is refused', async () => {
    const path = newPath();
    await makeStore(path, state);
    await changed(path, (database) => {
      const told = encodeState({ ...state, peers: 1 });
      database.openDB('state', asBytes).putSync(stateKey, told);
    });
    expect(() => check(path)).toThrow('0 peers and 0 bytes of runs that are not the 1 and 0');
  });
});

/** The values of a tree by their keys, and all pages looked through. */
function valuesIn(path: string): Map<string, number> {
  const name = join(path, 'peers.mdb');
  const file = openSync(name, 'r');
  const pages = new LmdbPages(file, statSync(name).size, newestRoot(readHead(file)));
  const tree = pages.namedTrees().get('peers')!;
  const found = Array.from(
    pages.entries(tree),
    ({ key, value }) => [key.toString(), crc32(value)] as const,
  );
  pages.checkFreePages();
  closeSync(file);
  return new Map(found);
}

describe('pages', () => {
  it('are read as lmdb reads them, after any changes', async () => {
    const path = newPath();
    const random = (
      (seed) => () =>
        (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0)
    )(1);
    const expected = new Map<string, number>();
    for (let round = 0; round < 40; round++) {
      await changed(path, (database) => {
        const tree = database.openDB('peers', asBytes);
        database.transactionSync(() => {
          for (let count = 0; count < 60; count++) {
            const key = `key-${random() % 500}`.padEnd(5 + (random() % 200), '-');
            if (random() % 3 === 0) {
              tree.removeSync(Buffer.from(key));
              expected.delete(key);
            } else {
              // Some of them are larger than a page.
              const value = Buffer.alloc(random() % 20 === 0 ? 20_000 : random() % 900, random());
              tree.putSync(Buffer.from(key), value);
              expected.set(key, crc32(value));
            }
          }
        });
      });
      expect(valuesIn(path)).toEqual(expected);
    }
  });

  it.each([40_000, 9_000, 300, 0])(
    'are read where a value of %d bytes has taken the place of a larger one',
    async (bytes) => {
      const path = newPath();
      const value = Buffer.alloc(bytes, 1);
      await changed(path, (database) => {
        const tree = database.openDB('peers', asBytes);
        database.transactionSync(() => {
          tree.putSync(stateKey, Buffer.alloc(60_000));
          tree.putSync(stateKey, value);
        });
      });
      expect(valuesIn(path)).toEqual(new Map([['state', crc32(value)]]));
    },
  );
});
