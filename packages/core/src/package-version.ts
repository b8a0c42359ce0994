import { readFileSync } from 'node:fs';
import { fileBeside } from '@panoptes/core';

/** The version of this package, which all packages of Panoptes have. */
export function packageVersion(): string {
  const manifest = readFileSync(fileBeside(import.meta.url, '../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
