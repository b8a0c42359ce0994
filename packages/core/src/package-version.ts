import { readFileSync } from 'node:fs';
import { fileBeside } from './file-beside.js';

/** The version that all packages of Panoptes have. */
export function packageVersion(): string {
  return (version ??= versionIn(fileBeside(import.meta.url, '../package.json')));
}

/** Read once. */
let version: string | undefined;

const versionIn = (manifest: URL): string =>
  (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
