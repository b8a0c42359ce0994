import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fieldsHash } from '@panoptes/core/follower';
import { readSteadily } from './steady-file.js';
import { type StoredState, storeFiles } from './store-layout.js';
import { storePath } from './store-path.js';
import { type WriterOwner, ownerOf } from './writer-lock.js';

/** What a store holds. */
export interface StoreReport {
  /** The store's folder. */
  readonly path: string;
  /** Of the layout of its file. */
  readonly version: number;
  /** Which fields its peers have, as a hash; whether this release has the same. */
  readonly fields: string;
  readonly isReadable: boolean;
  /** The registry's id. */
  readonly id: string;
  /** Of the registry's last life; 0 when none has opened it yet. */
  readonly epoch: number;
  readonly lastSeq: number;
  /** When that transaction was handed in, Unix milliseconds; 0 when there is none. */
  readonly lastTime: number;
  readonly peers: number;
  /** Observers that have stored something there. */
  readonly observers: number;
  readonly fileBytes: number;
  /** The last changes that are kept. */
  readonly history: {
    readonly bytes: number;
    /** The first transaction of them; undefined when none are kept. */
    readonly from: number | undefined;
  };
  /** Who writes there now; undefined when nobody does. */
  readonly writer: WriterOwner | undefined;
}

/**
 * Says what a store holds, also while a registry writes there.
 *
 * @param path - the store's folder
 * @throws {ConfigError} when that is no path
 * @throws {StoreError} when there is none, or it makes no sense
 */
export async function inspectStore(path: string): Promise<StoreReport> {
  const place = storePath(path, 'the path of the store');
  return readSteadily(place, (file) => reportOf(place, file.state()));
}

/**
 * Looks through all that a store holds, as a registry does when it opens it; also while one writes there.
 *
 * @param path - the store's folder
 * @throws {ConfigError} when that is no path
 * @throws {StoreError} when there is none, or it is damaged
 */
export async function verifyStore(path: string): Promise<StoreReport> {
  const place = storePath(path, 'the path of the store');
  return readSteadily(place, (file) => reportOf(place, file.check()));
}

function reportOf(path: string, state: StoredState): StoreReport {
  const { version, fields, id, epoch, lastSeq, lastTime, peers, runBytes, runsFrom, spaces } =
    state;
  return {
    path,
    version,
    fields,
    isReadable: fields === fieldsHash,
    id,
    epoch,
    lastSeq,
    lastTime,
    peers,
    observers: spaces,
    fileBytes: Number(statSync(join(path, storeFiles.data), { bigint: true }).size),
    history: { bytes: runBytes, from: runsFrom === 0 ? undefined : runsFrom },
    writer: ownerOf(join(path, storeFiles.lock)),
  };
}
