import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lmdbStore } from '@panoptes/store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ObserverSpace } from '../../packages/workers/src/runtime/observer-space.js';
import { HistoryModel, StoredLog, commitNext } from '../fixtures/stored-log.mjs';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-torn-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = join(folder, 'whole');
const torn = join(folder, 'torn');
const file = join(torn, 'peers.mdb');
const historyBytes = 64 * 1024;
const transactions = 400;
let fileBytes = 0;
let model: HistoryModel;

/** What an observer has stored: as much as is on several pages, and a value that is larger than one. */
const stored: [string, string][] = [
  ...Array.from({ length: 90 }, (_, at): [string, string] => [`key ${at + 10}`, 'x'.repeat(at)]),
  ['large', 'y'.repeat(9_000)],
];

async function spaceIn(
  log: StoredLog,
): Promise<{ space: ObserverSpace; end: () => Promise<void> }> {
  const opened = await log.opened.space!('ledger', '', 2 ** 20);
  return { space: new ObserverSpace(opened.memory), end: () => opened.end(true) };
}

beforeAll(async () => {
  model = await HistoryModel.make();
  const log = await StoredLog.open(lmdbStore({ path: whole, historyBytes }));
  while (log.lastSeq < transactions) {
    await commitNext(log);
    if (log.lastSeq % 10 === 0) await log.durable();
  }
  const { space, end } = await spaceIn(log);
  for (const [key, value] of stored) space.set(key, value);
  space.seal(log.lastSeq);
  await space.finish();
  await end();
  await log.close();
  fileBytes = statSync(join(whole, 'peers.mdb')).size;
});

/** What befalls a file. */
type Damage =
  | { readonly kind: 'cut'; readonly share: number }
  | { readonly kind: 'flip'; readonly share: number; readonly bit: number }
  | { readonly kind: 'zero'; readonly share: number; readonly bytes: number }
  | { readonly kind: 'older'; readonly page: number; readonly from: number };

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
/** The first pages say where all others are. */
const place = fc.oneof(
  { weight: 3, arbitrary: share },
  { weight: 1, arbitrary: share.map((at) => at / 20) },
);
const anyDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cut'), share }),
  fc.record({ kind: fc.constant('flip'), share: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('zero'), share: place, bytes: fc.integer({ min: 1, max: 8_192 }) }),
  fc.record({ kind: fc.constant('older'), page: fc.nat(1_000), from: fc.nat(1_000) }),
);

function inflict(damage: Damage): void {
  if (damage.kind === 'cut') return truncateSync(file, Math.floor(damage.share * fileBytes));
  const open = openSync(file, 'r+');
  try {
    if (damage.kind === 'older') {
      const pages = fileBytes / 4_096;
      const page = readFileSync(file)
        .subarray((damage.from % pages) * 4_096)
        .subarray(0, 4_096);
      writeSync(open, page, 0, page.length, (damage.page % pages) * 4_096);
      return;
    }
    const at = Math.floor(damage.share * fileBytes);
    const byte = Buffer.alloc(damage.kind === 'zero' ? damage.bytes : 1);
    if (damage.kind === 'flip' && readSync(open, byte, 0, 1, at) === 1) byte[0]! ^= 1 << damage.bit;
    writeSync(open, byte, 0, byte.length, at);
  } finally {
    closeSync(open);
  }
}

/** Opens the torn store; undefined when it is refused as it should be. */
async function opened(): Promise<StoredLog | undefined> {
  try {
    return await StoredLog.open(lmdbStore({ path: torn, historyBytes }));
  } catch (error) {
    expect(error).toMatchObject({
      code: expect.stringMatching(/^STORE_(?:CORRUPT|FORMAT)$/) as string,
    });
    expect((error as Error).message).toContain(torn);
    return undefined;
  }
}

describe('a store whose file was torn', () => {
  it('E5 is refused, or gives the peers and observers’ states of its last transaction and goes on from there', async () => {
    let refused = 0;
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyDamage, { minLength: 1, maxLength: 2 }), async (damages) => {
        rmSync(torn, { recursive: true, force: true });
        mkdirSync(torn);
        copyFileSync(join(folder, 'whole/peers.mdb'), file);
        damages.forEach(inflict);
        const log = await opened();
        if (log === undefined) {
          refused++;
          return;
        }
        whole++;
        expect(log.lastSeq).toBe(transactions);
        expect(log.digest).toBe(await model.digestAt(transactions));
        const { space, end } = await spaceIn(log);
        expect([space.cursor, [...space]]).toEqual([transactions, stored]);
        await end();
        for (let count = 0; count < 50; count++) await commitNext(log);
        await log.close();
        const again = await StoredLog.open(lmdbStore({ path: torn, historyBytes }));
        expect(again.digest).toBe(await model.digestAt(transactions + 50));
        await again.close();
      }),
      { numRuns: Number(process.env['PANOPTES_TEARS'] ?? 40) },
    );
    expect(refused).toBeGreaterThan(0);
    expect(whole).toBeGreaterThan(0);
  }, 3_600_000);

  it('is refused when it was cut to nothing of use, or is another’s', async () => {
    for (const bytes of [
      Buffer.from('x'),
      Buffer.alloc(100),
      Buffer.alloc(8_192),
      Buffer.alloc(99_999, 7),
    ]) {
      rmSync(torn, { recursive: true, force: true });
      mkdirSync(torn);
      writeFileSync(file, bytes);
      expect(await opened()).toBeUndefined();
      expect(readFileSync(file).equals(bytes)).toBe(true);
    }
  });

  it('is refused when it is empty: a new one has its name only when it is whole', async () => {
    rmSync(torn, { recursive: true, force: true });
    mkdirSync(torn);
    writeFileSync(join(torn, 'unfinished.mdb'), 'the first bytes of a new one');
    const log = await opened();
    expect(log!.opened.kept).toMatchObject({ epoch: 1, lastSeq: 0 });
    await log!.close();
    truncateSync(file);
    expect(await opened()).toBeUndefined();
  });
});
