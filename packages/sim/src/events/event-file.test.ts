import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPeer, type EventBatch, type PeerAdded } from '@panoptes/core';
import { profileOf } from '@panoptes/testkit';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../time/virtual-clock.js';
import { eventColumns } from './event-columns.js';
import { EventFile } from './event-file.js';
import { ndjsonRows, parquetRows } from './event-rows.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'panoptes-event-file-'));
const entry = createPeer(profileOf('p'), new VirtualClock(0));

/** Transactions of one change each, `first` up to `last`. */
function batchOf(first: number, last: number, more: Partial<PeerAdded> = {}): EventBatch {
  const events = Array.from({ length: last - first + 1 }, (_, at): PeerAdded => {
    return { kind: 'PeerAdded', seq: first + at, at: at / 2, nodeId: 'p', entry, ...more };
  });
  return {
    size: events.length,
    firstSeq: first,
    lastSeq: last,
    changes: () => events,
    [Symbol.iterator]: () => events[Symbol.iterator](),
  };
}

describe('a file of events', () => {
  it('in Parquet is written a group of rows after another, and never held as a whole', async () => {
    const name = join(folder, 'groups.parquet');
    const file = new EventFile({ file: name, format: 'parquet' });
    file.begin(0);
    const sizes: number[] = [];
    for (let batch = 0; batch < 40; batch++) {
      file.take(batchOf(1 + batch * 1_000, (batch + 1) * 1_000));
      sizes.push(statSync(name).size);
    }
    expect(new Set(sizes).size).toBe(3);
    expect(file.close(40_000)).toEqual({ rows: 40_000, problem: undefined });
    const { buffer, byteOffset, byteLength } = readFileSync(name);
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    const groups = parquetMetadata(bytes).row_groups.map(({ num_rows }) => Number(num_rows));
    expect(groups).toEqual([16_384, 16_384, 7_232]);
    const rows = await parquetRows(name);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, at) => at + 1));
  });

  it('in Parquet has smaller groups where texts are long', async () => {
    const name = join(folder, 'long.parquet');
    const file = new EventFile({ file: name, format: 'parquet' });
    const links = Array.from({ length: 512 }, () => ({
      nodeId: 'n'.repeat(60),
      quality: 1,
      type: 'wifi',
    }));
    file.take(batchOf(1, 1_000, { entry: { ...entry, links } }));
    expect(file.close(1_000)).toEqual({ rows: 1_000, problem: undefined });
    const { buffer, byteOffset, byteLength } = readFileSync(name);
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    expect(parquetMetadata(bytes).row_groups.length).toBeGreaterThan(2);
    expect((await parquetRows(name))[999]!['links']).toEqual(links);
  });

  it('in text is on the disk as far as it was taken, without an end', () => {
    const name = join(folder, 'open.ndjson');
    const file = new EventFile({ file: name, format: 'ndjson' });
    file.take(batchOf(1, 7));
    expect(ndjsonRows(name)).toHaveLength(7);
    file.close();
  });

  it('that holds nothing can be read, in each format', async () => {
    for (const format of ['ndjson', 'csv', 'parquet'] as const) {
      const file = new EventFile({ file: join(folder, `none.${format}`), format });
      expect(file.close(0)).toEqual({ rows: 0, problem: undefined });
    }
    expect(ndjsonRows(join(folder, 'none.ndjson'))).toEqual([]);
    expect(await parquetRows(join(folder, 'none.parquet'))).toEqual([]);
    const head = `${eventColumns.map(({ name }) => name).join(',')}\n`;
    expect(readFileSync(join(folder, 'none.csv'), 'utf8')).toBe(head);
  });

  it('is not whole when its observer missed changes, before it began or in the end', () => {
    const late = new EventFile({ file: join(folder, 'late.csv'), format: 'csv' });
    late.begin(5);
    late.take(batchOf(6, 8));
    expect(late.close(8).problem).toBe('the changes up to transaction 5 were missed');
    const behind = new EventFile({ file: join(folder, 'behind.csv'), format: 'csv' });
    behind.begin(0);
    behind.take(batchOf(1, 8));
    expect(behind.close(9).problem).toBe('the changes after transaction 8 were missed');
  });

  it('says what the system said, and throws nothing at its observer', () => {
    for (const format of ['ndjson', 'csv', 'parquet'] as const) {
      const file = new EventFile({ file: '/dev/full', format });
      file.take(batchOf(1, 8));
      expect(file.close(8).problem).toBe('ENOSPC');
      file.take(batchOf(9, 10));
      expect(file.close(10).problem).toBe('ENOSPC');
    }
  });
});

it('docs/EVENTS.md lists the columns as they are', () => {
  const page = readFileSync(new URL('../../../../docs/EVENTS.md', import.meta.url), 'utf8');
  const listed = page.split('\n').filter((line) => /^\| `[^`]+` +\| `/.test(line));
  const cells = listed.map((line) => {
    const [, name, type, about] = line.split('|').map((cell) => cell.trim());
    return [name, type, about];
  });
  const types = { count: 'INT64', number: 'DOUBLE', flag: 'BOOLEAN', text: 'STRING', list: 'JSON' };
  expect(cells).toEqual(
    eventColumns.map(({ name, type, about }) => [`\`${name}\``, `\`${types[type]}\``, about]),
  );
});
