import { ConfigError, type PanoptesError, StoreError, describe, isA } from '@panoptes/core';
import type { StreamServerOptions } from '@panoptes/cluster';
import type { Command } from 'commander';
import { type ClusterFlags, addClusterFlags, clusterServers } from './cluster-flags.js';

/** What was given of the flags that say which stream a registry is in. */
export interface StreamFlags extends ClusterFlags {
  readonly name?: string;
}

/**
 * Adds these flags.
 *
 * @param what - what the servers are for, as its help says it
 */
export const addStreamFlags = (command: Command, what: string): Command =>
  addClusterFlags(command, what).option(
    '--name <name>',
    'what the registry is called there: up to 64 letters, digits, - and _',
  );

/**
 * The stream that the flags say.
 *
 * @throws {ConfigError} when they do not
 */
export function streamPlace(flags: StreamFlags, env: NodeJS.ProcessEnv): StreamPlace {
  const servers = clusterServers(flags, env);
  if (servers === undefined) {
    throw new ConfigError(
      '--cluster: expected a server of NATS with JetStream, as in nats://127.0.0.1:4222, got none',
    );
  }
  const { name } = flags;
  if (name === undefined || !/^[\w-]{1,64}$/.test(name)) {
    throw new ConfigError(
      '--name: expected what the registry is called there, up to 64 letters, digits, - and _, ' +
        `got ${name === undefined ? 'none' : describe(name)}`,
    );
  }
  return { ...servers, servers: [servers.servers].flat(), name };
}

/** Where a stream is, and what lets this in. */
export interface StreamPlace extends StreamServerOptions {
  readonly servers: readonly string[];
}

/** Throws an error of a stream on, in the words of the command. */
export function throwInFlags(error: unknown): never {
  throw inFlags(error);
}

/** An error of a stream, in the words of the command: what options are called, flags are. */
export function inFlags(error: unknown): unknown {
  if (!isA(error, StoreError)) return error;
  const message = error.message
    .replaceAll("option 'servers'", '--cluster')
    .replaceAll("option 'credentialsFile'", '--cluster-creds')
    .replaceAll("option 'tls.caFile'", '--cluster-ca')
    .replaceAll("option 'tls.certFile'", '--cluster-cert')
    .replaceAll("option 'tls.keyFile'", '--cluster-key')
    .replaceAll("option 'tls'", '--cluster-ca, --cluster-cert, --cluster-key')
    .replaceAll('give the options what lets it in', `give the flags what lets it in`);
  return message === error.message
    ? error
    : new StoreError(error.code, message, { cause: error.cause as PanoptesError | undefined });
}
