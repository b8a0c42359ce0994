import { ConfigError, describe, printable } from '@panoptes/core';
import type * as ClusterPackage from '@panoptes/cluster';
import { type Command, Option } from 'commander';
import { loadOptional } from './optional-package.js';

/** What was given of `--cluster` and what belongs to it. */
export interface ClusterFlags {
  readonly cluster?: ClusterAddresses;
  readonly clusterCreds?: string;
  readonly clusterCa?: string;
  readonly clusterCert?: string;
  readonly clusterKey?: string;
}

/**
 * Adds `--cluster` and what lets a command in there.
 *
 * @param what - what the servers are for, as its help says it
 */
export const addClusterFlags = (command: Command, what: string): Command =>
  command
    .addOption(
      new Option(
        '--cluster <url>',
        `${what}: a server of NATS with JetStream, as in nats://host:4222, or several with commas between them`,
      ).argParser(parseCluster),
    )
    .option('--cluster-creds <file>', 'what lets this in there, as nsc makes it')
    .option('--cluster-ca <file>', 'authorities that a server of a cluster is trusted by, as PEM')
    .option('--cluster-cert <file>', 'the certificate that this shows to a cluster, as PEM')
    .option('--cluster-key <file>', 'the key of that certificate, as PEM');

/** What `--cluster` says. */
export interface ClusterAddresses {
  /** Without what lets this in. */
  readonly servers: readonly string[];
  readonly user?: string;
  readonly pass?: string;
  readonly token?: string;
  readonly isSecure: boolean;
}

/** Where the servers of a cluster are, and what lets this in, as options of `@panoptes/cluster`. */
export type ClusterServers = Omit<ClusterPackage.StreamServerOptions, 'name'>;

/**
 * What the flags say of a cluster, and the environment where they say nothing.
 *
 * @returns undefined without `--cluster`
 * @throws {ConfigError} when one flag is of no use without another, or two say who this is
 */
export function clusterServers(
  flags: ClusterFlags,
  env: NodeJS.ProcessEnv,
): ClusterServers | undefined {
  const { cluster, clusterCreds: credentialsFile } = flags;
  const { clusterCa: caFile, clusterCert: certFile, clusterKey: keyFile } = flags;
  const files = [
    ['--cluster-creds', credentialsFile],
    ['--cluster-ca', caFile],
    ['--cluster-cert', certFile],
    ['--cluster-key', keyFile],
  ] as const;
  for (const [flag, file] of files) {
    if (file === undefined) continue;
    if (file === '') throw new ConfigError(`${flag}: expected the path of a file, got ''`);
    if (cluster === undefined) throw new ConfigError(`${flag}: expected it with --cluster`);
  }
  if (cluster === undefined) return undefined;
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [given, missing] = certFile === undefined ? ['key', 'cert'] : ['cert', 'key'];
    throw new ConfigError(`--cluster-${given}: expected --cluster-${missing} with it`);
  }
  const { servers, isSecure, ...inUrl } = cluster;
  const isNamed = Object.keys(inUrl).length > 0;
  if (isNamed && credentialsFile !== undefined) {
    throw new ConfigError(
      '--cluster-creds: expected a URL without a user, got one with a user as well; leave out one of the two',
    );
  }
  const withTls = isSecure || caFile !== undefined || certFile !== undefined;
  return {
    servers,
    ...(isNamed || credentialsFile !== undefined ? inUrl : secretsIn(env)),
    ...(credentialsFile !== undefined && { credentialsFile }),
    ...(withTls && { tls: { caFile, certFile, keyFile } }),
  };
}

/**
 * Loads what keeps streams on servers: who needs none of that need not have it.
 *
 * @param what - what it was asked for, to be named in the error
 * @throws {ConfigError} when it is not installed
 */
export const loadCluster = (what: string): Promise<typeof ClusterPackage> =>
  loadOptional('@panoptes/cluster', what) as Promise<typeof ClusterPackage>;

/** What lets a command in at a cluster, where its arguments, which others may see, say nothing of it. */
const clusterVariables = {
  user: 'PANOPTES_CLUSTER_USER',
  pass: 'PANOPTES_CLUSTER_PASSWORD',
  token: 'PANOPTES_CLUSTER_TOKEN',
} as const;

const secretsIn = (env: NodeJS.ProcessEnv): object =>
  Object.fromEntries(
    Object.entries(clusterVariables).flatMap(([key, variable]) => {
      const value = env[variable];
      return value === undefined || value === '' ? [] : [[key, value]];
    }),
  );

/** Reads addresses. A URL may say who this is, `nats://user:password@host` or `nats://token@host`. */
function parseCluster(text: string): ClusterAddresses {
  const urls = text.split(',').map((part) => urlOf(part.trim()));
  const [first] = urls;
  const { username, password } = first!;
  if (urls.some((url) => url.username !== username || url.password !== password)) {
    throw new ConfigError('--cluster: expected the same user in every URL, got several');
  }
  const [user, pass] = [username, password].map(decoded) as [string, string];
  const secrets = password === '' ? { token: user } : { user, pass };
  return {
    servers: urls.map(({ protocol, host }) => `${protocol}//${host}`),
    ...(username !== '' && secrets),
    isSecure: urls.some(({ protocol }) => protocol === 'tls:'),
  };
}

function urlOf(text: string): URL {
  const withScheme = text.includes('://') ? text : `nats://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : undefined;
  const isServer =
    url !== undefined &&
    ['nats:', 'tls:'].includes(url.protocol) &&
    url.hostname !== '' &&
    ['', '/'].includes(url.pathname) &&
    url.search === '' &&
    url.hash === '';
  if (isServer) return url;
  // What lets somebody in is not repeated.
  const shown = text.replace(/\/\/.*@/s, '//…@');
  throw new ConfigError(
    `--cluster: expected URLs as in nats://host:4222 or tls://host:4222, got ${describe(printable(shown))}`,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new ConfigError('--cluster: expected % before two hexadecimal digits in its user', {
      cause,
    });
  }
}
