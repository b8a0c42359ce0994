import { randomUUID } from 'node:crypto';
import { type RegistryStore, parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { StreamConnection } from './stream-connection.js';

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
  const { name, replicas, maxOutstandingBytes, snapshotEveryBytes, leaseMs, servers, ...rest } =
    checked;
  const server = { ...rest, servers: typeof servers === 'string' ? [servers] : servers };
  return Object.freeze<RegistryStore>({
    open: ({ id, fields }) =>
      new StreamConnection(name).open((figures) => ({
        ...{ server, name, replicas, maxOutstandingBytes, snapshotEveryBytes, leaseMs },
        ...{ id, fields, figures, member: randomUUID() },
      })),
  });
}

/** Which stream, on which servers, and how it is kept. */
export interface StreamStoreOptions {
  /** Addresses of servers, as in `nats://host:4222`; one is enough, which tells of the others. */
  readonly servers: string | readonly string[];
  /** Of the registry there: up to 64 letters, digits, `-` and `_`. */
  readonly name: string;
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
  /** How long the first connection may take, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  readonly user?: string | undefined;
  readonly pass?: string | undefined;
  readonly token?: string | undefined;
  /** A file with a user's JWT and seed, as `nsc` makes it. */
  readonly credentialsFile?: string | undefined;
  /** Paths of what TLS needs; `{}` for TLS with the system's authorities. */
  readonly tls?: StreamTlsOptions | undefined;
}

/** Paths of files in PEM form. */
export interface StreamTlsOptions {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Whether TLS begins before the server says anything. */
  readonly handshakeFirst?: boolean | undefined;
}

const mebibyte = 2 ** 20;
const text = z.string().min(1);

const optionsSchema = z.strictObject({
  servers: z.union([text, z.array(text).min(1)]),
  name: z.string().regex(/^[\w-]{1,64}$/, 'expected up to 64 letters, digits, - and _'),
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
  leaseMs: z.int().min(500).max(600_000).default(5_000),
  connectTimeoutMs: z.int().min(1).max(600_000).default(10_000),
  user: text.optional(),
  pass: text.optional(),
  token: text.optional(),
  credentialsFile: text.optional(),
  tls: z
    .strictObject({
      caFile: text.optional(),
      certFile: text.optional(),
      keyFile: text.optional(),
      handshakeFirst: z.boolean().optional(),
    })
    .optional(),
});
