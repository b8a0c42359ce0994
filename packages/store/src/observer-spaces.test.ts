import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type SpaceChange,
  SpaceFrame,
  SpaceKind,
  type SpaceMemory,
  encodeFrame,
  maxSpaceKeys,
  nextTurn,
} from '@panoptes/core/follower';
import { MessageKind, MessageSender } from '@panoptes/core/observer';
import { type RootDatabase, open } from 'lmdb';
import { afterAll, describe, expect, it } from 'vitest';
import { ChangeBatch } from './change-batch.js';
import { FrameQueue } from './frame-queue.js';
import { makeStore } from './new-store.js';
import { ObserverSpaces } from './observer-spaces.js';
import { StoreDatabase } from './store-database.js';
import { asBytes, firstState, treeNames } from './store-layout.js';
import { StoredFile } from './stored-file.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-spaces-'));
afterAll(() => rmSync(folder, { recursive: true }));

const id = 'b3c1e9a0-0000-4000-8000-000000000000';
const lastSeq = 100;
const room = 10_000;

/** A store whose peers are as of transaction 100, with its spaces. */
class Scene {
  readonly frames = new FrameQueue();
  readonly broken: string[] = [];
  readonly spaces: ObserverSpaces;
  readonly database: StoreDatabase;
  #opened = 0;

  private constructor(readonly path: string) {
    this.database = new StoreDatabase(path, check(path), {
      mapSizeBytes: 2 ** 30,
      historyBytes: 0,
    });
    this.spaces = new ObserverSpaces({
      database: this.database,
      frames: this.frames,
      hurry: () => this.write(),
      broken: (_, { message }) => this.broken.push(message),
    });
  }

  static async make(): Promise<Scene> {
    const path = mkdtempSync(join(folder, 'store-'));
    mkdirSync(path, { recursive: true });
    await makeStore(path, { ...firstState(id, 'f'.repeat(32)), lastSeq });
    return new Scene(path);
  }

  static reopen({ path }: Scene): Scene {
    return new Scene(path);
  }

  async open(name = 'one', format = '', bytes = room): Promise<OpenedSpace> {
    const space = ++this.#opened;
    const request = { space, name, format, room: bytes };
    const { memory, cursor } = await this.spaces.open(request);
    const sender = new MessageSender(memory.ring);
    return {
      space,
      memory,
      cursor,
      send: async (bytes) => {
        sender.send(MessageKind.frame, bytes);
        for (let turn = 0; turn < 3; turn++) await nextTurn();
      },
    };
  }

  /** Writes what waits for transactions that there are. */
  write(): void {
    const frames = this.frames.take(lastSeq);
    this.database.write(new ChangeBatch({ id, epoch: 1 }), frames);
    for (const { written } of frames) written();
  }

  async close(): Promise<void> {
    await this.spaces.close();
    await this.database.close();
  }
}

interface OpenedSpace {
  readonly space: number;
  readonly memory: SpaceMemory;
  readonly cursor: number | undefined;
  readonly send: (bytes: Buffer) => Promise<void>;
}

function check(path: string): ReturnType<StoredFile['check']> {
  const file = new StoredFile(path);
  try {
    return file.check();
  } finally {
    file.close();
  }
}

const text = (key: string, value: string | undefined): SpaceChange => ({
  key: Buffer.from(key),
  kind: value === undefined ? SpaceKind.gone : SpaceKind.text,
  value: Buffer.from(value ?? ''),
});
const frame = (cursor: number, changes: readonly SpaceChange[] = [], isLast = false): Buffer =>
  encodeFrame(cursor, changes, isLast, (bytes) => Buffer.alloc(bytes));

function textsIn({ memory: { state } }: OpenedSpace): Map<string, string> | undefined {
  if (state === undefined) return undefined;
  const { changes } = {
    changes: [...new SpaceFrame(Buffer.from(state), Number.POSITIVE_INFINITY).changes()],
  };
  return new Map(changes.map(({ key, value }) => [key.toString(), value.toString()]));
}

describe('the spaces of a store', () => {
  it('give each observer what it has stored last, and are whole whatever was written', async () => {
    let scene = await Scene.make();
    const names = ['one', 'on', 'one\0two', 'ä', '__proto__'];
    const models = new Map(names.map((name) => [name, new Map<string, string>()]));
    const random = (
      (seed) => () =>
        (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 8
    )(1);
    for (let cursor = 1; cursor <= 20; cursor++) {
      for (const name of names) {
        const model = models.get(name)!;
        const opened = await scene.open(name);
        expect(opened.cursor).toBe(cursor === 1 ? undefined : cursor - 1);
        expect(textsIn(opened)).toEqual(cursor === 1 ? undefined : model);
        const keys = Array.from({ length: 30 }, () => `key ${random() % 60}`);
        const changes = [...new Set(keys)].map((key) =>
          text(key, random() % 3 === 0 ? undefined : 'x'.repeat(random() % 100)),
        );
        for (const { key, kind, value } of changes) {
          if (kind === SpaceKind.gone) model.delete(key.toString());
          else model.set(key.toString(), value.toString());
        }
        await opened.send(frame(cursor, changes));
        scene.write();
        await scene.spaces.end(opened.space, true);
      }
      if (cursor % 5 > 0) continue;
      await scene.close();
      expect(check(scene.path)).toMatchObject({ spaces: names.length });
      scene = Scene.reopen(scene);
    }
    expect(scene.broken).toEqual([]);
    await scene.close();
  });

  it('hold a state back until the peers are as of its transaction', async () => {
    const scene = await Scene.make();
    const opened = await scene.open();
    await opened.send(frame(101, [text('a', 'b')]));
    scene.write();
    expect(scene.database.spaces.head('one')).toBeUndefined();
    expect(scene.frames.isEmpty).toBe(false);
    // All of the log was read, and there is no such transaction.
    scene.frames.refuseAfter(100);
    expect(scene.broken).toEqual([expect.stringMatching(/cursor 101, where 100 is the last/)]);
    await scene.close();
  });

  it('write the last frame of an incarnation with the one before it, at once', async () => {
    const scene = await Scene.make();
    const opened = await scene.open();
    await opened.send(frame(1, [text('a', '1'), text('b', '1')]));
    await opened.send(frame(2, [text('a', '2'), text('c', '2')], true));
    expect(scene.database.spaces.head('one')).toMatchObject({ cursor: 2, entries: 3 });
    await scene.spaces.end(opened.space, true);
    const again = await scene.open();
    expect(textsIn(again)).toEqual(new Map(Object.entries({ a: '2', b: '1', c: '2' })));
    await scene.close();
  });

  const keys = (count: number, value: string | undefined): SpaceChange[] =>
    Array.from({ length: count }, (_, number) => text(`key ${number}`, value));

  it('let go of what was stored with a higher limit, a part or all of it', async () => {
    const scene = await Scene.make();
    const opened = await scene.open();
    await opened.send(frame(1, keys(240, '')));
    scene.write();
    for (const gone of [1, 100, 240]) {
      const lower = await scene.open('one', '', 500);
      const before = scene.database.spaces.head('one')!.entries;
      const changes = keys(240, undefined).slice(240 - before, gone);
      await lower.send(frame(2, gone < 240 ? changes : [...changes, text('a', 'b')]));
      scene.write();
    }
    expect(scene.broken).toEqual([]);
    expect(scene.database.spaces.head('one')).toMatchObject({ entries: 1, bytes: 34 });
    await scene.close();
  });

  it('have no more keys than a space may have, however much room there is', async () => {
    const scene = await Scene.make();
    const opened = await scene.open('one', '', 2 ** 24);
    await opened.send(frame(1, keys(maxSpaceKeys + 1, '')));
    while (scene.broken.length === 0) await nextTurn();
    expect(scene.broken).toEqual([expect.stringMatching(/65537 keys, of 65536 at most/)]);
    await scene.close();
  });

  it('begin with nothing in another format', async () => {
    const scene = await Scene.make();
    const opened = await scene.open('one', 'first');
    await opened.send(frame(1, [text('a', '1')]));
    scene.write();
    expect((await scene.open('one', 'second')).cursor).toBeUndefined();
    expect(scene.database.state.spaces).toBe(0);
    await scene.close();
    expect(check(scene.path).spaces).toBe(0);
  });

  it('read nothing any more of a thread that was given up', async () => {
    const scene = await Scene.make();
    const opened = await scene.open();
    await opened.send(frame(1, [text('a', '1')]));
    await scene.spaces.end(opened.space, false);
    await opened.send(frame(2, [text('a', '2')]));
    scene.write();
    expect(scene.database.spaces.head('one')).toMatchObject({ cursor: 1 });
    await scene.close();
  });

  const large = 'x'.repeat(room / 2);
  it.each([
    ['a cursor that goes back', [frame(50), frame(49, [], true)], /cursor 49 after one with 50/],
    ['a second frame before the first is on disk', [frame(1), frame(2)], /while one is under way/],
    ['a frame after its last', [frame(1, [], true), frame(2)], /after its last/],
    ['too much', [frame(1, [text('a', large), text('b', large)])], /of 10000 at most/],
    [
      'too much in two frames',
      [frame(1, [text('a', large)]), frame(2, [text('b', large)], true)],
      /of 10000 at most/,
    ],
    ['a frame that is none', [Buffer.from('no frame, but long enough')], /a frame with/],
    ['a frame that is longer than any', [Buffer.alloc(3 * room)], /at most/],
  ])('end with %s, that observer’s alone', async (_, frames, reason) => {
    const scene = await Scene.make();
    const [opened, other] = [await scene.open(), await scene.open('other')];
    await other.send(frame(7, [text('a', '1')]));
    for (const bytes of frames) await opened.send(bytes);
    expect(scene.broken).toEqual([expect.stringMatching(reason)]);
    expect(scene.broken[0]).toMatch("the observer's thread sent what its runtime does not");
    scene.write();
    expect(scene.database.spaces.head('one')).toBeUndefined();
    expect(scene.database.spaces.head('other')).toMatchObject({ cursor: 7 });
    await opened.send(frame(9));
    await scene.close();
    expect(check(scene.path).spaces).toBe(1);
  });
});

describe('a file in which observers have stored something', () => {
  type Tree = RootDatabase<Buffer, Buffer>;
  const entries = (tree: Tree) => [...tree.getRange()];
  it.each<[string, (tree: Tree) => void]>([
    ['a changed value', (tree) => flip(tree, 1)],
    ['a changed head', (tree) => flip(tree, 0)],
    ['a missing value', (tree) => void tree.removeSync(entries(tree)[1]!.key)],
    ['a missing head', (tree) => void tree.removeSync(entries(tree)[0]!.key)],
    ['a missing state', (tree) => tree.clearSync()],
    [
      'a value of another key',
      (tree) => tree.putSync(entries(tree)[1]!.key, entries(tree)[2]!.value),
    ],
    ['a key that is none', (tree) => tree.putSync(Buffer.of(1), Buffer.alloc(9))],
  ])('E5 is refused with %s', async (_, damage) => {
    const scene = await Scene.make();
    const opened = await scene.open();
    await opened.send(frame(1, [text('a', '1'), text('b', '2')]));
    await scene.close();
    expect(check(scene.path).spaces).toBe(1);
    const file = { path: join(scene.path, 'peers.mdb'), noSubdir: true, overlappingSync: false };
    const database = open<Buffer, Buffer>({ ...file, ...asBytes });
    damage(database.openDB(treeNames.spaces, asBytes) as unknown as Tree);
    await database.close();
    expect(() => check(scene.path)).toThrow(/observer/);
  });

  function flip(tree: Tree, at: number): void {
    const { key, value } = entries(tree)[at]!;
    value[value.length - 1]! ^= 1;
    tree.putSync(key, value);
  }
});
