import { readFileSync } from 'node:fs';
import { fileBeside } from './file-beside.js';

/** The version that all packages of Panoptes have. */
export function packageVersion(): string {
  const manifest = readFileSync(fileBeside(import.meta.url, '../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
