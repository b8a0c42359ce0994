import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError, describe } from '@panoptes/core';
import { statsAt } from '@panoptes/testkit/model';

/** What one option names: files that are written, or read. */
export interface NamedFiles {
  /** As messages call it, such as `--record`. */
  readonly option: string;
  readonly files: readonly string[];
}

/**
 * Refuses options of which one would overwrite what another one is for, by whatever path or link.
 * Pipes and devices may be shared: nothing takes their place.
 *
 * @throws {ConfigError} naming both options and the file
 */
export function refuseSharedFiles(all: readonly NamedFiles[]): void {
  const owners = new Map<string, string>();
  for (const { option, files } of all) {
    for (const file of files) {
      for (const place of placesOf(file)) {
        const other = owners.get(place) ?? option;
        owners.set(place, other);
        if (other === option) continue;
        throw new ConfigError(
          `${option}: expected a file of its own, got ${describe(file)}, which is a file of ` +
            `${other}, too; name another one`,
        );
      }
    }
  }
}

/** A recording, and the lock beside it. */
export const recordingFiles = (file: string): string[] => [file, `${file}.lock`];

/** A file of events, and what stands beside it until it is whole. */
export const eventFiles = (file: string): string[] => [file, `${file}.partial`, `${file}.lock`];

/** What tells a file from others: where it really is, and of one that is there what the system calls it. */
function placesOf(file: string): string[] {
  const path = realPlaceOf(resolve(file));
  const stats = lookedAt(path);
  if (stats === undefined) return [path];
  return stats.isFile() ? [path, `${stats.dev}:${stats.ino}`] : [];
}

/** Nothing of what cannot be looked at; who writes there says so. */
function lookedAt(path: string): ReturnType<typeof statsAt> {
  try {
    return statsAt(path);
  } catch {
    return undefined;
  }
}

/** Where a path leads through all links; what is not there is where its folder is. */
function realPlaceOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(realPlaceOf(folder), basename(path));
  }
}
