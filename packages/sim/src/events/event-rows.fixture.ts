import { readFileSync } from 'node:fs';
import type { PeerEntry } from '@panoptes/core';
import { parquetReadObjects } from 'hyparquet';
import { eventColumns } from './event-columns.js';

/** A row, by the names of the columns. */
export type EventRow = Readonly<Record<string, unknown>>;

/** The rows of an NDJSON file. */
export const ndjsonRows = (file: string): EventRow[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as EventRow);

/** The rows of a Parquet file, as an independent reader of the format has them. */
export async function parquetRows(file: string): Promise<EventRow[]> {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const rows = await parquetReadObjects({
    file: buffer.slice(byteOffset, byteOffset + byteLength),
  });
  return rows.map((row) =>
    Object.fromEntries(
      eventColumns.map(({ name, type }) => {
        const value: unknown = row[name];
        if (value === null || value === undefined) return [name, null];
        if (type === 'count') return [name, Number(value)];
        return [name, type === 'list' ? (JSON.parse(value as string) as unknown) : value];
      }),
    ),
  );
}

/** The peers after all rows, as entries that `createPeer` takes. */
export function replayed(rows: readonly EventRow[]): Map<string, PeerEntry> {
  const peers = new Map<string, PeerEntry>();
  for (const row of rows) {
    const nodeId = row['nodeId'] as string;
    if (row['kind'] === 'removed') peers.delete(nodeId);
    else peers.set(nodeId, entryOf(row));
  }
  return peers;
}

/** The entry in a row; a group of which nothing is there is left out. */
function entryOf(row: EventRow): PeerEntry {
  const { nodeId, publicKey, did } = row;
  const entry: Record<string, unknown> = { peerId: { nodeId, publicKey, did } };
  for (const { name } of eventColumns.slice(9)) {
    const value = row[name];
    if (value === null) continue;
    const [group, field] = name.split('_') as [string, string | undefined];
    if (field === undefined) entry[group] = value;
    else entry[group] = { ...(entry[group] as object | undefined), [field]: value };
  }
  return entry as unknown as PeerEntry;
}
