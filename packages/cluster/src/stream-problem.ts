import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import {
  PanoptesError,
  RunError,
  StoreError,
  type StoreErrorCode,
  isA,
  messageOf,
} from '@panoptes/core/follower';

/**
 * Makes of what went wrong with a stream an error that says what to do about it.
 *
 * @param name - of the registry on the server
 * @param doing - what was not done, as in `cannot be opened`
 */
export function streamProblem(name: string, doing: string, cause: unknown): PanoptesError {
  if (isA(cause, PanoptesError) && !isA(cause, RunError)) return cause;
  const [code, remedy] = reasonOf(cause);
  return new StoreError(code, `stream '${name}' ${doing}: ${messageOf(cause)}; ${remedy}`, {
    cause,
  });
}

function reasonOf(cause: unknown): readonly [StoreErrorCode, string] {
  if (isA(cause, RunError)) return cause.problem === 'fields' ? otherFields : damaged;
  if (isOfTrust(cause)) return noTrust;
  // Its class is not exported.
  if (isA(cause, Error) && cause.name === 'JetStreamNotEnabled') return noJetStream;
  if (isA(cause, JetStreamApiError)) {
    const code = cause.code;
    if (withoutJetStream.has(code)) return noJetStream;
    return full.has(code) ? noRoom : other;
  }
  if (isA(cause, errors.AuthorizationError) || isA(cause, errors.PermissionViolationError)) {
    return noAccess;
  }
  return isUnreachable(cause) ? noServer : other;
}

/** Also an address whose name nobody knows, which is an error of Node.js itself. */
function isUnreachable(cause: unknown): boolean {
  if (unreachable.some((kind) => isA(cause, kind))) return true;
  return isA(cause, Error) && noWay.has((cause as { code?: unknown }).code);
}

/** Whether TLS was not agreed upon. */
function isOfTrust(cause: unknown): boolean {
  for (let one: unknown = cause; isA(one, Error); one = one.cause) {
    const { code = '' } = one as { code?: unknown };
    const isTls = typeof code === 'string' && tlsCode.test(code);
    if (isTls || one.message === "server does not support 'tls'") return true;
  }
  return false;
}

/** Whether a stream takes no more because there is no room: trying again does not help. */
export const isFull = (cause: unknown): boolean =>
  isA(cause, JetStreamApiError) && full.has(cause.code);

/** Whether an append was refused since another message came before it. */
export const isOvertaken = (cause: unknown): boolean =>
  isA(cause, JetStreamApiError) && overtaken.has(cause.code);

/** Whether servers did not answer that were reached, as when they elect who leads. */
export const isElecting = (cause: unknown): boolean =>
  isA(cause, errors.TimeoutError) || (isA(cause, JetStreamApiError) && leaderless.has(cause.code));

/** Whether a message, a key or an object is not there. */
export const isMissing = (cause: unknown): boolean =>
  isA(cause, JetStreamApiError) && missing.has(cause.code);

/** Whether a message was refused since its subject may have one, and has it already. */
export const isThere = (cause: unknown): boolean =>
  isA(cause, JetStreamApiError) && cause.message.includes('per subject');

const noJetStream = [
  'STORE_UNAVAILABLE',
  'the server has no JetStream, or this account has none: start nats-server with -js, or enable it for the account',
] as const;
const noRoom = [
  'STORE_FULL',
  'make room on the server, or raise its limits, then open it again: all that was durable is there',
] as const;
const noAccess = ['STORE_UNAVAILABLE', 'give the options what lets it in'] as const;
const noTrust = [
  'STORE_UNAVAILABLE',
  "see that option 'tls' has the authority that has signed the server's certificate (caFile), that the certificate " +
    'names the address, and that there is one of its own where the server asks for that (certFile, keyFile); ' +
    'leave it out where the server has no TLS',
] as const;
const noServer = [
  'STORE_UNAVAILABLE',
  "see that a nats-server listens at option 'servers', can be reached from here, and gets the certificate that it may ask for (option 'tls')",
] as const;
const otherFields = ['STORE_FIELDS', 'open it with the release that wrote it'] as const;
const damaged = ['STORE_CORRUPT', 'bring the stream back from a backup of its server'] as const;
const other = ['STORE_FAILED', 'the cause says more'] as const;

/** What Node.js and OpenSSL call what is wrong with certificates. */
const tlsCode = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(SSL|TLS)|^EPROTO$/;

const unreachable = [
  errors.ConnectionError,
  errors.ClosedConnectionError,
  errors.DrainingConnectionError,
  errors.TimeoutError,
  errors.NoRespondersError,
  errors.RequestError,
];
/** What Node.js calls an address to which there is no way. */
const noWay = new Set<unknown>([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
// The codes of nats-server, which are in its errors.json.
const withoutJetStream = new Set([10_039, 10_076]);
/** Insufficient resources, insufficient storage, limits exceeded of the account, the stream or a server. */
const full = new Set([10_002, 10_023, 10_028, 10_047, 10_077]);
const leaderless = new Set([10_008, 10_009]);
const overtaken = new Set([10_071, 10_164]);
const missing = new Set([10_037, 10_059]);
