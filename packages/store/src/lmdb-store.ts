import { type RegistryStore, parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { LmdbConnection } from './lmdb-connection.js';
import { storePath } from './store-path.js';

/**
 * A store on disk for a registry: `createRegistry({ store: lmdbStore({ path }) })`. It keeps the newest
 * entry of each peer and the last changes, in a file of lmdb, on a thread of its own. Nothing is opened
 * before a registry asks for it; one registry at a time may have it.
 *
 * @throws {ConfigError} naming the first bad option
 */
export function lmdbStore(options: LmdbStoreOptions): RegistryStore {
  const { path, ...limits } = parseOptions(optionsSchema, options, 'the options of lmdbStore');
  const place = storePath(path, "option 'path'");
  return Object.freeze<RegistryStore>({
    open: ({ id, fields }) =>
      new LmdbConnection(place).open((figures) => ({
        path: place,
        ...limits,
        id,
        fields,
        figures,
      })),
  });
}

/** Where and how a registry's peers are kept. */
export interface LmdbStoreOptions {
  /** The store's folder; it is made when it is not there yet. Relative to the current folder. */
  readonly path: string;
  /** How large its file may become, in bytes; so much address space is taken. Default: 64 GiB. */
  readonly mapSizeBytes?: number | undefined;
  /**
   * How many bytes of the last changes are kept, so that watches and clients that come back go on where
   * they were. Default: 64 MiB; 0 keeps none.
   */
  readonly historyBytes?: number | undefined;
}

const mebibyte = 2 ** 20;

const optionsSchema = z.strictObject({
  path: z.string(),
  mapSizeBytes: z
    .int()
    .min(mebibyte)
    .max(2 ** 45)
    .default(65_536 * mebibyte),
  historyBytes: z
    .int()
    .min(0)
    .max(2 ** 45)
    .default(64 * mebibyte),
});
