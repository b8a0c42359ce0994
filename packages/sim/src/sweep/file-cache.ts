import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Clock, ConfigError, messageOf } from '@panoptes/core';
import { statsAt } from '@panoptes/testkit/model';
import type { SentFile } from './sweep-job.js';

/**
 * The files that a worker has fetched, each once, by the hash of its content. One that lies there from before is
 * read through before it is used: it may have been changed since.
 */
export class FileCache {
  readonly #folder: string;
  readonly #clock: Pick<Clock, 'now'>;
  /** Those that this process has looked through, or is about to. */
  readonly #known = new Map<string, Promise<void>>();

  private constructor(folder: string, clock: Pick<Clock, 'now'>) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /**
   * Opens the cache in a folder, which is made, and removes what nobody has used for a week.
   *
   * @throws {ConfigError} when nothing can be kept there
   */
  static open(folder: string, clock: Pick<Clock, 'now'>): FileCache {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      removeUnused(folder, clock);
    } catch (cause) {
      throw new ConfigError(`--cache: ${folder} cannot be used: ${messageOf(cause)}`, { cause });
    }
    return new FileCache(folder, clock);
  }

  /**
   * Puts a file at a path, fetched first if need be.
   *
   * @param fetch - brings what has this hash to a path, and nothing else
   */
  async place({ hash, bytes }: SentFile, path: string, fetch: FetchFile): Promise<void> {
    let known = this.#known.get(hash);
    if (known === undefined) {
      known = this.#have(hash, bytes, fetch);
      this.#known.set(hash, known);
    }
    try {
      await known;
    } catch (error) {
      this.#known.delete(hash);
      throw error;
    }
    const file = this.#fileOf(hash);
    try {
      linkSync(file, path);
    } catch {
      // Not all file systems have links.
      copyFileSync(file, path);
    }
  }

  async #have(hash: string, bytes: number, fetch: FetchFile): Promise<void> {
    const file = this.#fileOf(hash);
    if (existsSync(file)) {
      if ((await hashOf(file)) === hash) {
        const now = this.#clock.now() / 1_000;
        utimesSync(file, now, now);
        return;
      }
      rmSync(file);
    }
    const partial = `${file}.${process.pid}.partial`;
    try {
      await fetch(hash, bytes, partial);
      chmodSync(partial, 0o400);
      renameSync(partial, file);
    } finally {
      rmSync(partial, { force: true });
    }
  }

  #fileOf(hash: string): string {
    return join(this.#folder, hash);
  }
}

/** Removes what lies in a folder and was not used for a week, as of a worker that was killed. */
export function removeUnused(folder: string, clock: Pick<Clock, 'now'>): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const usedAt = Number(statsAt(path)?.mtimeMs ?? clock.now());
    if (clock.now() - usedAt > unusedMs) rmSync(path, { recursive: true, force: true });
  }
}

type FetchFile = (hash: string, bytes: number, path: string) => Promise<void>;

async function hashOf(file: string): Promise<string> {
  const digest = createHash('sha256');
  await pipeline(createReadStream(file), digest);
  return digest.digest('hex');
}

const unusedMs = 7 * 86_400_000;
