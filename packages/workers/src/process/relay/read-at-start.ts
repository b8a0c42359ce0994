import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Files and folders that a process of this Node reads to start with an observer: the packages of
 * Panoptes and what these need, by the ways on which its entry and the observer's module find them, and
 * that module.
 *
 * @param entry - URL of the module with which it starts
 * @param module - URL of the observer's module
 */
export function readAtStart(entry: string, module: string): string[] {
  const read = new Set([ownFolder(fileURLToPath(entry)), pathOf(module)]);
  const find = (from: string, names: readonly string[]): void => {
    for (const folder of names.flatMap((name) => folderOf(name, from) ?? [])) {
      if (read.has(folder)) continue;
      const really = realpathSync.native(folder);
      read.add(folder).add(really);
      // From where a link leads to, others are found by other ways.
      find(join(really, 'index.js'), neededBy(really));
    }
  };
  find(entry, packages);
  find(module, packages);
  return [...read];
}

/** The path of a module, where it has one. */
export const pathOf = (module: string): string =>
  module.startsWith('file:') ? fileURLToPath(module) : module;

/** What the processes of observers need, built-in ones too. */
const packages = ['@panoptes/core', '@panoptes/workers', 'comlink', 'k-bucket', 'tinyqueue'];

/** What a package needs. Of those of Panoptes not all is for processes of observers. */
function neededBy(folder: string): string[] {
  const { name, dependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Manifest;
  return name.startsWith('@panoptes/') ? packages : Object.keys(dependencies ?? {});
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The folder, or the link to it, in which a module finds a package. */
function folderOf(name: string, from: string): string | undefined {
  const folders = createRequire(from).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
}

/**
 * The folder of the package that the entry is part of. One that was made by a bundler is part of whatever
 * program: then it is its own folder, with its chunks.
 */
function ownFolder(entry: string): string {
  let folder = dirname(entry);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) {
    folder = dirname(folder);
  }
  const manifest = join(folder, 'package.json');
  const isPackage = existsSync(manifest) && nameIn(manifest) === '@panoptes/workers';
  return isPackage ? folder : dirname(entry);
}

/** @param manifest - may be anybody's */
function nameIn(manifest: string): unknown {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as Partial<Manifest> | null)?.name;
  } catch {
    return undefined;
  }
}
