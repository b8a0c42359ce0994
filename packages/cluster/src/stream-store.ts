import { randomUUID } from 'node:crypto';
import { type RegistryStore, parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { mostLeaseMs } from './primary-lease.js';
import { StreamConnection } from './stream-connection.js';
import {
  type StreamServerOptions,
  serverOptions,
  streamServerOptions,
} from './stream-server-options.js';

/**
 * A stream of NATS JetStream as the store of a registry: `createRegistry({ store: streamStore({ servers, name }) })`
 * is the primary of the registry `name`. With `durability: 'commit'` its commands resolve when the stream has
 * them. Everything is done on a thread of its own. Nothing is opened before a registry asks for it; one
 * registry at a time, on any machine, may have it.
 *
 * @throws {ConfigError} naming the first bad option
 */
export function streamStore(options: StreamStoreOptions): RegistryStore {
  const checked = parseOptions(optionsSchema, options, 'the options of streamStore');
  return storeOfStream(checked, randomUUID);
}

/** @param member - gives the id under which the lease is taken */
export function storeOfStream(
  checked: z.output<typeof optionsSchema>,
  member: () => string,
): RegistryStore {
  const { name, replicas, maxOutstandingBytes, snapshotEveryBytes, leaseMs, ...rest } = checked;
  const server = serverOptions(rest);
  return Object.freeze<RegistryStore>({
    open: ({ id, fields }) =>
      new StreamConnection(name).open((figures) => ({
        ...{ server, name, replicas, maxOutstandingBytes, snapshotEveryBytes, leaseMs },
        ...{ id, fields, figures, member: member() },
      })),
  });
}

/** Which stream, on which servers, and how it is kept. */
export interface StreamStoreOptions extends StreamServerOptions {
  /** On how many servers each change is kept, from 1 to 5; for what is not there yet. Default: 1. */
  readonly replicas?: number | undefined;
  /** How many bytes may be sent and not acknowledged; with more the log is not read on. Default: 16 MiB. */
  readonly maxOutstandingBytes?: number | undefined;
  /**
   * After how many bytes of changes a snapshot is sent, and the stream cut behind the last but one; never before
   * there were as many as the last snapshot had. Default: 64 MiB.
   */
  readonly snapshotEveryBytes?: number | undefined;
  /** How long the primary may be silent before another may take its place, in milliseconds. Default: 5,000. */
  readonly leaseMs?: number | undefined;
}

const mebibyte = 2 ** 20;

/** The schema of each of these options. */
export const streamStoreOptions = {
  ...streamServerOptions,
  replicas: z.int().min(1).max(5).default(1),
  maxOutstandingBytes: z
    .int()
    .min(mebibyte)
    .max(2 ** 30)
    .default(16 * mebibyte),
  snapshotEveryBytes: z
    .int()
    .min(mebibyte)
    .max(2 ** 40)
    .default(64 * mebibyte),
  leaseMs: z.int().min(500).max(mostLeaseMs).default(5_000),
};

const optionsSchema = z.strictObject(streamStoreOptions);
