import { z } from 'zod';
import type { ServerOptions } from './server-connection.js';

/** Which registry's stream, on which servers, and what lets this in. */
export interface StreamServerOptions {
  /** Addresses of servers, as in `nats://host:4222`; one is enough, which tells of the others. */
  readonly servers: string | readonly string[];
  /** Of the registry there: up to 64 letters, digits, `-` and `_`. */
  readonly name: string;
  /** How long the first connection may take, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs?: number | undefined;
  readonly user?: string | undefined;
  readonly pass?: string | undefined;
  readonly token?: string | undefined;
  /** A file with a user's JWT and seed, as `nsc` makes it. */
  readonly credentialsFile?: string | undefined;
  /** A file with the seed of a user's nkey. */
  readonly nkeySeedFile?: string | undefined;
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

const text = z.string().min(1);
/** Is not told when it is refused. */
const secret = text.meta({ secret: true });
// It would be told in errors, and the client does not look at it.
const address = text.refine(
  (given) => !given.includes('@'),
  "expected an address without a user: give that as the options 'user' and 'pass'",
);

/** The schema of each option that says where servers are. */
export const serverPlaceOptions = {
  servers: z.union([address, z.array(address).min(1)]).meta({ secret: true }),
  connectTimeoutMs: z.int().min(1).max(600_000).default(10_000),
  user: text.optional(),
  pass: secret.optional(),
  token: secret.optional(),
  credentialsFile: text.optional(),
  nkeySeedFile: text.optional(),
  tls: z
    .strictObject({
      caFile: text.optional(),
      certFile: text.optional(),
      keyFile: text.optional(),
      handshakeFirst: z.boolean().optional(),
    })
    .optional(),
};

/** The same with the name of a registry. */
export const streamServerOptions = {
  ...serverPlaceOptions,
  name: z.string().regex(/^[\w-]{1,64}$/, 'expected up to 64 letters, digits, - and _'),
};

/** What the options say of servers, as a connection takes it. */
export const serverOptions = ({
  servers,
  ...rest
}: Omit<ServerOptions, 'servers'> & { readonly servers: string | string[] }): ServerOptions => ({
  ...rest,
  servers: typeof servers === 'string' ? [servers] : servers,
});
