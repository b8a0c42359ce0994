import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type PeerCertificate, checkServerIdentity } from 'node:tls';
import {
  type NodeConnectionOptions,
  credsAuthenticator,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { StoreError, messageOf } from '@panoptes/core/follower';

/** What lets a connection in. Everything in it can be sent to a thread. */
export interface ServerAccess {
  readonly servers: readonly string[];
  readonly user?: string | undefined;
  readonly pass?: string | undefined;
  readonly token?: string | undefined;
  readonly credentialsFile?: string | undefined;
  readonly nkeySeedFile?: string | undefined;
  readonly tls?: TlsFiles | undefined;
}

/**
 * What lets a connection in, and whom it trusts, as the client takes it. Files are read here, each time: they
 * may be renewed.
 *
 * @throws {StoreError} naming the option whose file is not what it should be; never what is in it
 */
export function accessOf({
  servers,
  user,
  pass,
  token,
  credentialsFile,
  nkeySeedFile,
  tls,
}: ServerAccess): Partial<NodeConnectionOptions> {
  return {
    ...(user !== undefined && { user }),
    ...(pass !== undefined && { pass }),
    ...(token !== undefined && { token }),
    ...(credentialsFile !== undefined && {
      authenticator: credsAuthenticator(
        // The client looks for the end of its last line.
        Buffer.from(`${contentOf('credentialsFile', credentialsFile, credentials)}\n`),
      ),
    }),
    ...(nkeySeedFile !== undefined && {
      authenticator: nkeyAuthenticator(
        Buffer.from(contentOf('nkeySeedFile', nkeySeedFile, nkeySeed)),
      ),
    }),
    ...(tls !== undefined && { tls: trustOf(tls, servers) }),
  };
}

/** What TLS is made of, as paths. */
export interface TlsFiles {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly handshakeFirst?: boolean | undefined;
}

function trustOf(
  { caFile, certFile, keyFile, handshakeFirst }: TlsFiles,
  servers: readonly string[],
): NonNullable<NodeConnectionOptions['tls']> {
  const read = (option: string, file: string): string => contentOf(`tls.${option}`, file, pem);
  const identity = {
    checkServerIdentity: (host: string, certificate: PeerCertificate): Error | undefined =>
      identityProblem(host, certificate, servers),
  };
  return {
    ...(caFile !== undefined && { ca: read('caFile', caFile) }),
    ...(certFile !== undefined && { cert: read('certFile', certFile) }),
    ...(keyFile !== undefined && { key: read('keyFile', keyFile) }),
    ...(handshakeFirst !== undefined && { handshakeFirst }),
    // The client hands on to TLS what is not its own.
    ...identity,
  };
}

/**
 * What keeps a certificate from being that of a server. Of a server that was given by its number the client
 * forgets the address and says `localhost` here; then the certificate has to name one of those that were given.
 */
function identityProblem(
  host: string,
  certificate: PeerCertificate,
  servers: readonly string[],
): Error | undefined {
  const numbers =
    host === 'localhost' ? servers.map(hostOf).filter((given) => isIP(given) > 0) : [];
  const problems = [host, ...numbers].map((one) => checkServerIdentity(one, certificate));
  return problems.includes(undefined) ? undefined : problems.at(-1);
}

/** Without a scheme and a port. */
const hostOf = (server: string): string =>
  server.replace(/^[a-z]+:\/\//, '').replace(/^\[(.*)\](:\d+)?$|:\d+$/, '$1');

function contentOf(option: string, file: string, { form, words }: FileForm): string {
  const refuse = (why: string, cause?: unknown): never => {
    const message = `option '${option}': expected ${words}, got ${file}: ${why}`;
    throw new StoreError('STORE_UNAVAILABLE', message, { cause });
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    return refuse(messageOf(cause), cause);
  }
  return form.test(text) ? text.trim() : refuse('it holds something else');
}

/** How a file looks, and what it is called. */
interface FileForm {
  readonly form: RegExp;
  readonly words: string;
}

const credentials: FileForm = {
  form: /-BEGIN NATS USER JWT-[^]*-BEGIN USER NKEY SEED-/,
  words: "a file with a user's JWT and seed, as nsc makes it",
};
const nkeySeed: FileForm = {
  form: /^\s*SU[A-Z2-7]{56}\s*$/,
  words: "a file with the seed of a user's nkey, which begins with SU",
};
const pem: FileForm = { form: /-----BEGIN [A-Z ]+-----/, words: 'a file in PEM form' };
