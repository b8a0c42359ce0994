import { signal } from '@preact/signals';
import { getJson } from '../api/requests.js';

/** What a figure says, in the words of the server's table; empty while they are not there. */
export const saysOf = (table: string, id: string): string =>
  words.value.get(`${table} ${id}`) ?? '';

/** Gets the words, once. */
export async function loadFigureWords(): Promise<void> {
  if (words.peek().size > 0) return;
  const tables = await getJson<Readonly<Record<string, readonly FigureWords[]>>>('/api/figures');
  words.value = new Map(
    Object.entries(tables).flatMap(([table, figures]) =>
      figures.map(({ id, says }): [string, string] => [`${table} ${id}`, says]),
    ),
  );
}

interface FigureWords {
  readonly id: string;
  readonly says: string;
}

const words = signal<ReadonlyMap<string, string>>(new Map());
