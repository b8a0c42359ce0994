import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { ConfigError, describe } from '@panoptes/core';
import { statsAt } from '@panoptes/testkit/model';

/** What one option names: files that are written, or read. */
export interface NamedFiles {
  /** As messages call it, such as `--record`. */
  readonly option: string;
  readonly files: readonly string[];
  /** Those that are its own with everything in them. */
  readonly folders?: readonly string[];
}

/**
 * Refuses options of which one would overwrite what another one is for, by whatever path or link.
 * Pipes and devices may be shared: nothing takes their place.
 *
 * @throws {ConfigError} naming both options and the file
 */
export function refuseSharedFiles(all: readonly NamedFiles[]): void {
  const owners = new Map<string, string>();
  refuseOthersFolders(all);
  for (const { option, files, folders = [] } of all) {
    for (const file of [...files, ...folders.flatMap(filesIn)]) {
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

/** Whatever is written in such a folder, or in place of it, its owner may take for its own. */
function refuseOthersFolders(all: readonly NamedFiles[]): void {
  const owned = all.flatMap(({ option, folders = [] }) =>
    folders.map((folder) => ({ owner: option, place: realPlaceOf(resolve(folder)) })),
  );
  for (const { option, files } of all) {
    for (const file of files) {
      const place = realPlaceOf(resolve(file));
      const found = owned.find((folder) => isIn(folder.place, place));
      if (found === undefined) continue;
      throw new ConfigError(
        `${option}: expected a file outside of the folder of ${found.owner}, got ${describe(file)}, ` +
          'which is there; name another one',
      );
    }
  }
}

const isIn = (folder: string, place: string): boolean =>
  place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** Nothing of a folder that cannot be read, or is none. */
function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Whether a file is there, not a folder nor a pipe. */
export const isFile = (path: string): boolean => lookedAt(path)?.isFile() === true;

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

/** Where a path leads through all links; what is not there is where its folder is, or its link leads. */
function realPlaceOf(path: string, links = mostLinks): string {
  try {
    return realpathSync.native(path);
  } catch {
    const folder = dirname(path);
    const target = links > 0 ? linkAt(path) : undefined;
    if (target !== undefined)
      return realPlaceOf(resolve(realPlaceOf(folder, links), target), links - 1);
    return folder === path ? path : join(realPlaceOf(folder, links), basename(path));
  }
}

function linkAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** As many as the system follows. */
const mostLinks = 40;
