import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '@panoptes/core';
import { lmdbStore } from '@panoptes/store';
import { createRegistry } from '@panoptes/workers';
import { BenchMismatchError } from '../bench-error.js';

/** A folder for the stores of one contest, on the disk that is measured; it goes with the contest. */
export class StorePlace {
  /** What kind of file system it is on, for those who read the figures. */
  readonly fileSystem: string;
  readonly #folder: string;
  #names = 0;

  /**
   * @param dir - where the folder is made
   * @throws {ConfigError} when it cannot be made there
   */
  constructor(dir: string) {
    try {
      this.#folder = mkdtempSync(join(resolve(dir), 'panoptes-bench-'));
    } catch (cause) {
      const message = `--store-dir: no folder can be made in ${dir}: ${(cause as Error).message}`;
      throw new ConfigError(message, { cause });
    }
    const { type } = statfsSync(this.#folder);
    this.fileSystem = fileSystems.get(type) ?? `a file system of type 0x${type.toString(16)}`;
  }

  /** A path in it that was not given before. */
  newPath(): string {
    return join(this.#folder, `${++this.#names}`);
  }

  close(): Promise<void> {
    rmSync(this.#folder, { recursive: true });
    return Promise.resolve();
  }
}

/** What was in a registry at its end. */
export interface FinalState {
  readonly lastSeq: number;
  readonly digest: string;
}

/**
 * Opens a store again, and checks that all of a registry that was closed is there.
 *
 * @throws {BenchMismatchError} when it is not
 */
export async function checkKept(what: string, path: string, expected: FinalState): Promise<void> {
  const registry = await createRegistry({ store: lmdbStore({ path }), logger: false });
  try {
    checkState(what, registry, expected);
  } finally {
    await registry.close();
  }
}

/**
 * Checks that a registry has what it should have.
 *
 * @throws {BenchMismatchError} when it has not
 */
export function checkState(
  what: string,
  registry: { readonly lastSeq: number; digest(): string },
  expected: FinalState,
): void {
  const { lastSeq } = registry;
  const digest = registry.digest();
  if (lastSeq === expected.lastSeq && digest === expected.digest) return;
  throw new BenchMismatchError(
    `${what}: expected the peers ${expected.digest} of transaction ${expected.lastSeq} on disk, got ` +
      `${digest} of ${lastSeq}; no figures are reported`,
  );
}

/** By the numbers that Linux gives them; tmpfs is memory, and flushes nothing. */
const fileSystems = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs, which is memory'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
]);
