import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lmdbStore } from '@panoptes/store';
import { afterAll, expect, it } from 'vitest';
import type { ObserverStats } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { DigestModel } from '../fixtures/durable-history.mjs';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-killed-writers-'));
afterAll(() => rmSync(folder, { recursive: true }));

const module = new URL('../fixtures/ledger.observer.mjs', import.meta.url);
const writer = fileURLToPath(new URL('../fixtures/durable-writer.mjs', import.meta.url));
/** `PANOPTES_KILLS=200` for more. */
const kills = Number(process.env['PANOPTES_KILLS'] ?? 12);

/** What a writer said before it was killed. */
interface Said {
  readonly epoch?: number;
  readonly lastSeq?: number;
  readonly digest?: string;
  readonly durable?: number;
}

/** When it is killed at the earliest: at its start, when it has opened the store, or has written. */
const words = ['', '"epoch"', '"durable"'] as const;

/** Starts a writer, and kills it so long after it has said a word. */
function killedAfter(path: string, durability: string, ms: number, word: string): Promise<Said[]> {
  const child = spawn(process.execPath, [writer, path, durability]);
  const kill = (): void => void setTimeout(() => child.kill('SIGKILL'), ms);
  let text = '';
  let errors = '';
  if (word === '') child.once('spawn', kill);
  child.stdout.on('data', (bytes: Buffer) => {
    const had = text.includes(word);
    text += bytes.toString();
    if (!had && text.includes(word)) kill();
  });
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`it ended with ${code}: ${errors}`));
      // The last line may be cut.
      const lines = text.split('\n').slice(0, -1);
      resolve(lines.map((line) => JSON.parse(line) as Said));
    });
  });
}

it(`E1 E2 E3 E4 E9 E10 after ${kills} kills at any instant, what was durable is there, whole, in a later epoch, and what observers stored goes on`, async () => {
  const model = await DigestModel.make();
  const path = join(folder, 'store');
  let epoch = 0;
  let durable = 0;
  /** What a life began with is the state of one transaction, not before what was durable. */
  const expectWhole = async (life: Required<Omit<Said, 'durable'>>): Promise<void> => {
    expect(life.epoch).toBeGreaterThan(epoch);
    expect(life.lastSeq).toBeGreaterThanOrEqual(durable);
    expect(life.digest).toBe(await model.at(life.lastSeq));
    epoch = life.epoch;
    durable = life.lastSeq;
  };
  /** How often the observer has gone on from what it had stored. */
  let resumes = 0;
  /** It has counted every transaction of all lives once; its setup refuses what is not as of its cursor. */
  const expectCounted = async (registry: PeerRegistry): Promise<void> => {
    const ledger = await registry.registerObserver({ module, resume: true });
    await registry.settled();
    const { lastSeq } = registry;
    expect(await ledger.ask('told', [])).toMatchObject({
      count: lastSeq,
      peers: registry.peers.size,
    });
    const [{ lastError, resumes: times }] = registry.getObserverStats().observers as [
      ObserverStats,
    ];
    expect(lastError).toBeUndefined();
    resumes += times;
  };
  for (let kill = 0; kill < kills; kill++) {
    const word = words[kill % words.length]!;
    const ms = Math.random() * (word === '' ? 700 : 150);
    const durability = kill % 2 === 0 ? 'commit' : 'async';
    for (const said of await killedAfter(path, durability, ms, word)) {
      if (said.durable !== undefined) durable = said.durable;
      else await expectWhole(said as Required<Said>);
    }
    const registry = await createRegistry({ store: lmdbStore({ path }), logger: false });
    const { epoch: life, lastSeq } = registry;
    await expectWhole({ epoch: life, lastSeq, digest: registry.digest() });
    await expectCounted(registry);
    await registry.close();
  }
  expect(durable).toBeGreaterThan(0);
  expect(resumes).toBeGreaterThan(kills / 2);
  await model.close();
}, 3_600_000);
