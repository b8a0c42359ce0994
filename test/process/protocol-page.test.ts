import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { LogReader } from '../../packages/core/src/log/log-reader.js';
import { encodeRun } from '../../packages/core/src/log/run-format.js';
import { leafAt, peerLayout } from '../../packages/core/src/peers/entry-layout.js';
import { OpenRegistry } from '../../packages/core/src/registry/open-registry.fixture.js';
import { callLimits, dataLimits } from '../../packages/workers/src/process/frame-limits.js';
import {
  CallKind,
  DataKind,
  ProcessExit,
  ReplyKind,
  encodeFrame,
  lastWordsMark,
} from '../../packages/workers/src/process/frames.js';
import { words } from './driven-child.js';

const page = readFileSync(new URL('../../docs/PROCESS-PROTOCOL.md', import.meta.url), 'utf8');
const cellsOf = (row: string): string[] => row.split('|').map((cell) => cell.trim());
const rows = page.split('\n').map(cellsOf);
/** Bytes, however they are spaced, before two spaces and what they mean. */
const bytesIn = (text: string): Buffer =>
  Buffer.from(
    text
      .trim()
      .split(/ {3,}| {2}(?=\D{2}|[0-9]+ [a-z])/)[0]!
      .replaceAll(/\s/g, ''),
    'hex',
  );

let run: Buffer;
beforeAll(async () => {
  const registry = new OpenRegistry();
  const { memory, writer } = registry.changeLog;
  const reader = new LogReader(memory, { from: writer.checkpoint() });
  const peerId = { nodeId: 'alice', publicKey: 'a11ce0', did: 'did:zhtp:a11ce0a11ce0a11c' };
  await registry.upsert({ peerId, tier: 'tier2', trustScore: 0.9 });
  reader.read();
  run = encodeRun(reader.run, { id: '0c8e1c3e-5d6f-4a70-8b91-a2b3c4d5e6f7', epoch: 1 });
});

describe('docs/PROCESS-PROTOCOL.md', () => {
  it('names every kind of frame, with its number', () => {
    const named = rows.flatMap(([, kind, name]) =>
      /^`[a-z]+`$/.test(name ?? '') && /^\d+$/.test(kind!)
        ? [[name!.slice(1, -1), Number(kind)] as const]
        : [],
    );
    const kinds = { ...DataKind, ...CallKind, ...ReplyKind };
    expect(named).toHaveLength(Object.keys(kinds).length);
    expect(Object.fromEntries(named)).toEqual(kinds);
    expect([...dataLimits.keys(), ...callLimits.keys()]).toEqual([
      ...Object.values(DataKind),
      ...Object.values(CallKind),
    ]);
  });

  it('shows a query and its answer as they are sent', () => {
    const [, sent, , answered] = /control →([^]*?)(control ←)([^]*?)```/.exec(page)!;
    const all = (block: string): Buffer => Buffer.concat(block.trim().split('\n').map(bytesIn));
    const query = [words(2, 5), Buffer.from('count'), Buffer.from('[]')];
    expect(all(sent!)).toEqual(Buffer.concat(encodeFrame(1, CallKind.query, ...query)));
    const answer = encodeFrame(1, ReplyKind.payload, words(2), Buffer.from('1'));
    expect(all(answered!)).toEqual(Buffer.concat(answer));
  });

  it('shows a run as it lies in its frame', () => {
    const shown = [...page.matchAll(/^ *(\d+) {2}((?:[0-9a-f]{2} {1,2})+) {1,}\S/gm)];
    expect(shown.length).toBeGreaterThan(15);
    for (const [line, at, hex] of shown) {
      const bytes = Buffer.from(hex!.replaceAll(' ', ''), 'hex');
      expect([line, run.subarray(Number(at), Number(at) + bytes.length)]).toEqual([line, bytes]);
    }
  });

  it('says where fields lie', () => {
    const where = (field: string): string =>
      rows.find(([, cell]) => cell?.includes(`\`${field}\``))![2]!;
    for (const path of ['peerId.nodeId', 'peerId.publicKey']) {
      expect(where(path)).toBe(`byte ${8 * leafAt('bytes', path).slot}`);
    }
    for (const path of ['connectionMetrics.latencyMs', 'trustScore', 'lastSeen']) {
      expect(where(path)).toContain(String(8 * leafAt('number', path).slot));
    }
    expect(where('tier')).toBe(`bit ${leafAt('bits', 'tier').shift}`);
    const { numbers, fixedBytes } = peerLayout;
    expect(rows.some(([, at]) => at === String(8 + 8 * numbers.length))).toBe(true);
    expect(rows.some(([, at]) => at === String(fixedBytes))).toBe(true);
  });

  it('says how a process ends', () => {
    expect(page).toContain(`\`${lastWordsMark}\``);
    for (const code of [ProcessExit.error, ProcessExit.protocol]) {
      expect(rows.some(([, cell]) => cell === String(code))).toBe(true);
    }
  });
});
