/** Cells of CSV, by RFC 4180. */
export function cellsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\n|$)/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (end === '\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

/** Rows of CSV by the names of their columns, which are all different. */
export function recordsOf(csv: string): Readonly<Record<string, string>>[] {
  const [head = [], ...rows] = cellsOf(csv);
  if (new Set(head).size < head.length) throw new Error(`a name stands twice in ${head.join()}`);
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]!])));
}
