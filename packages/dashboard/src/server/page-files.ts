import { readFile, readdir } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileBeside } from '@panoptes/core';

/** The page and all that it loads, by name, as they were built: read once, so no path is ever looked up. */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = fileBeside(import.meta.url, './page/');
  const names = await readdir(folder);
  const files = names.map(async (name): Promise<[string, PageFile]> => {
    const type = types.get(extname(name)) ?? 'application/octet-stream';
    return [name, { body: new Uint8Array(await readFile(new URL(name, folder))), type }];
  });
  return new Map(await Promise.all(files));
}

/** A file as a browser gets it. */
export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** As the header `content-type` has it. */
  readonly type: string;
}

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
]);
