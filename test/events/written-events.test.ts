import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchUpdate,
  createPeer,
  type ObserverHandle,
  type PeerEntry,
  type RegistryEvent,
} from '@panoptes/core';
import { createRegistry } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { eventColumns } from '../../packages/sim/src/events/event-columns.js';
import {
  type EventRow,
  ndjsonRows,
  parquetRows,
  replayed,
} from '../../packages/sim/src/events/event-rows.fixture.js';
import { csvText } from '../../packages/sim/src/report/csv.js';

const module = new URL('../../packages/sim/lib/observers/event-observer.js', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'panoptes-events-'));
const formats = ['ndjson', 'csv', 'parquet'] as const;
const nasty = ['=1+1', '@x', '+1', '-2', '"q"', 'a,b', 'zwei\nZeilen', '＝x', "'", 'null', 'ж'];

function peer(number: number, more: object = {}): PeerEntry {
  const digits = number.toString(16).padStart(16, '0');
  const nodeId = `${nasty[number % nasty.length]!} ${number}`;
  return createPeer({
    peerId: { nodeId, publicKey: digits, did: `did:zhtp:${digits}` },
    ...(number % 2 === 0 && { location: { latitude: number / 3, longitude: -0.5, region: '=r' } }),
    ...(number % 3 === 0 && { nextHop: '-hop', dhtInfo: { kademliaDistance: 3 } }),
    links: [{ nodeId: 'a"b', quality: 0.25, type: '=wifi' }],
    activeProtocols: ['tcp', 'x,y'],
    ...more,
  });
}

/** Changes of all kinds: single ones, batches, evictions and a sweep. */
async function change(registry: Awaited<ReturnType<typeof createRegistry>>): Promise<void> {
  const commands: Promise<unknown>[] = [];
  for (let number = 0; number < 60; number++) commands.push(registry.upsert(peer(number)));
  for (let number = 0; number < 60; number += 7) {
    const { nodeId } = peer(number).peerId;
    commands.push(registry.update(nodeId, { trustScore: number / 100, location: null }));
    commands.push(registry.update(nodeId, { location: { region: 'x' }, tier: 'tier2' }));
  }
  const batch = new BatchUpdate();
  for (let number = 100; number < 110; number++) batch.upsert(peer(number));
  batch.remove(peer(3).peerId.nodeId).update(peer(5).peerId.nodeId, { nextHop: '=n' });
  commands.push(registry.commitBatch(batch), registry.remove(peer(59).peerId.nodeId));
  commands.push(registry.upsert(peer(200, { lastSeen: 1 })));
  await Promise.all(commands);
  await registry.cleanupExpired();
}

describe('events in files', async () => {
  const registry = await createRegistry({ logger: false, peers: { maxPeers: 64 } });
  const events: RegistryEvent[] = [];
  const watch = registry.watch();
  const handles: ObserverHandle[] = [];
  for (const format of formats) {
    const options = { file: join(folder, `out.${format}`), format };
    handles.push(await registry.registerObserver({ module, name: format, options }));
  }
  await change(registry);
  await registry.settled();
  for (let seq = 0; seq < registry.lastSeq; seq++) {
    events.push((await watch.next()).value as RegistryEvent);
  }
  const outcomes = await Promise.all(handles.map((h) => h.ask('close', [registry.lastSeq])));
  const peers = new Map(registry.peers.allPeers().map((entry) => [entry.peerId.nodeId, entry]));
  await registry.close();
  const rows = ndjsonRows(join(folder, 'out.ndjson'));

  it('are a row for each change, in order, with its time and what it is', () => {
    const changes = events.flatMap((event) =>
      event.kind === 'BatchUpdate'
        ? event.changes.map((one, index) => ({ ...one, index }))
        : [{ ...event, index: 0 }],
    );
    const reasons = new Set(changes.map((one) => ('reason' in one ? one.reason : undefined)));
    expect(reasons).toEqual(new Set([undefined, 'requested', 'evicted', 'expired']));
    expect(outcomes).toEqual(formats.map(() => ({ rows: changes.length, problem: undefined })));
    const told = (row: EventRow) => ['seq', 'index', 'at', 'kind', 'nodeId'].map((c) => row[c]);
    expect(rows.map(told)).toEqual(
      changes.map(({ seq, index, at, kind, nodeId }) => {
        return [seq, index, at, kind.replace('Peer', '').toLowerCase(), nodeId];
      }),
    );
    expect(rows.map(({ reason }) => reason)).toEqual(
      changes.map((one) => ('reason' in one ? one.reason : null)),
    );
    const columns = new Set(eventColumns.map(({ name }) => name));
    for (const [at, row] of rows.entries()) {
      const one = changes[at]!;
      const changed = row['changed'] as string[] | null;
      expect(changed).toEqual(
        'changed' in one ? one.changed.map((path) => path.replaceAll('.', '_')) : null,
      );
      for (const name of changed ?? []) {
        // A group that comes or goes is no column: its fields are.
        if (name !== 'location') expect(columns).toContain(name);
      }
    }
  });

  it('come to the registry’s peers when they are replayed', () => {
    expect(replayed(rows)).toEqual(peers);
  });

  it('are the same in all formats', async () => {
    expect(await parquetRows(join(folder, 'out.parquet'))).toEqual(rows);
    const cell = (value: unknown) =>
      typeof value === 'object' && value !== null
        ? JSON.stringify(value)
        : typeof value === 'boolean'
          ? String(value)
          : (value as string | number | null);
    const names = eventColumns.map(({ name }) => name);
    const csv = [names, ...rows.map((row) => names.map((name) => cell(row[name])))];
    const text = readFileSync(join(folder, 'out.csv'), 'utf8');
    expect(text).toBe(csvText(csv));
    // No cell is taken for a formula: neither at the beginning of a line nor behind a comma.
    expect(text).not.toMatch(/(?:^|,)"?[=@＝]/m);
  });
});
