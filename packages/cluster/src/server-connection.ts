import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type NatsConnection, type NodeConnectionOptions, connect } from '@nats-io/transport-node';
import { StoreError } from '@panoptes/core/follower';
import { type ServerAccess, accessOf } from './server-access.js';
import { isElecting } from './stream-problem.js';

/** A connection to the servers that keep streams. It is made again, by itself, whenever it breaks. */
export interface ServerConnection {
  readonly connection: NatsConnection;
  readonly streams: JetStreamManager;
  readonly client: JetStreamClient;
}

/**
 * Connects to servers, if they can do what is needed.
 *
 * @param role - what the connection is called at the server
 * @throws whatever keeps it from that; the first connection is tried once
 */
export async function connectToServers(
  { connectTimeoutMs, ...access }: ServerOptions,
  role: string,
): Promise<ServerConnection> {
  const options: NodeConnectionOptions = {
    ...accessOf(access),
    servers: [...access.servers],
    name: role,
    timeout: connectTimeoutMs,
    // It waits for its servers however long they are gone; who waits for what is in it has limits.
    maxReconnectAttempts: -1,
    // Also when it is refused for a while. One that is closed for good throws at whoever sends over it.
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: reconnectEveryMs,
    pingInterval: pingEveryMs,
    maxPingOut: 2,
  };
  const connection = await connect(options);
  try {
    checkVersion(connection);
    const streams = await managerOf(connection);
    return { connection, streams, client: jetstream(connection, { timeout: requestMs }) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** What makes and looks at streams; servers that elect who leads are given some time. */
async function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  for (let left = managerTries; ; left--) {
    try {
      return await jetstreamManager(connection, { timeout: requestMs });
    } catch (error) {
      if (left === 1 || !isElecting(error)) throw error;
    }
  }
}

/** How many messages may be on their way here from a server: few where they may be large, so that memory is bounded. */
export function messagesUnderWay({ connection }: ServerConnection): number {
  const most = Math.floor(bytesUnderWay / (connection.info?.max_payload ?? bytesUnderWay));
  return Math.min(Math.max(most, 2), usuallyUnderWay);
}

/** Tells of each time that a connection was made again: what was under way may be lost, or have arrived. */
export async function eachReconnect(
  { connection }: ServerConnection,
  told: () => void,
): Promise<void> {
  for await (const { type } of connection.status()) if (type === 'reconnect') told();
}

/** Where the servers are, and what lets this in. Everything in it can be sent to a thread. */
export interface ServerOptions extends ServerAccess {
  readonly connectTimeoutMs: number;
}

function checkVersion({ info }: NatsConnection): void {
  const version = info?.version ?? 'none';
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new StoreError(
    'STORE_UNAVAILABLE',
    `expected nats-server ${leastMajor}.${leastMinor} or later, whose streams can be read in order by many, ` +
      `got version ${version}; install a later one`,
  );
}

/** At most, unless one message alone is larger. */
const bytesUnderWay = 64 * 2 ** 20;
const usuallyUnderWay = 64;
/** The first that has the ordered consumers and the reading past the leader that this uses. */
const leastMajor = 2;
const leastMinor = 9;
const reconnectEveryMs = 250;
/** A server that says nothing for three of these is gone. */
const pingEveryMs = 2_000;
/** Within this a server answers, or something was lost. */
const requestMs = 5_000;
const managerTries = 3;
