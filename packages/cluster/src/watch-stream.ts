import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { isA, parseOptions, systemClock } from '@panoptes/core';
import { z } from 'zod';
import { type LeaseHolder, leaseHolder, leaseKey } from './primary-lease.js';
import { type ServerConnection, connectToServers } from './server-connection.js';
import { streamNames } from './stream-names.js';
import { streamProblem } from './stream-problem.js';
import {
  type StreamServerOptions,
  serverOptions,
  streamServerOptions,
} from './stream-server-options.js';

/**
 * Watches who the primary of a registry is, and whether its servers answer, for those who show it. It writes
 * nothing there.
 *
 * @throws {ConfigError} naming the first bad option
 * @throws {StoreError} `STORE_UNAVAILABLE` when there is no server, or it lets nobody in
 */
export async function watchStream(options: StreamServerOptions): Promise<StreamWatch> {
  const { name, ...server } = parseOptions(optionsSchema, options, 'the options of watchStream');
  try {
    const connection = await connectToServers(serverOptions(server), `panoptes watch of ${name}`);
    return await LeaseWatch.begin(connection, streamNames(name).lease);
  } catch (error) {
    throw streamProblem(name, 'cannot be watched', error);
  }
}

/** A watch of a registry's stream. */
export interface StreamWatch {
  /** What is known of it, as of a moment ago; asks anew when that was a while ago. */
  look(): StreamState;
  close(): Promise<void>;
}

/** What is known of a registry's stream. */
export interface StreamState {
  /** Whether its servers have answered the last question. */
  readonly isReachable: boolean;
  /** Who renews the lease; undefined when nobody does, or that is not known. */
  readonly primary: StreamPrimary | undefined;
}

/** Who is the primary of a registry. */
export interface StreamPrimary {
  /** An id that no other has. */
  readonly member: string;
  readonly host: string;
  /** Of its process. */
  readonly pid: number;
  /** 0 while it begins. */
  readonly epoch: number;
}

const optionsSchema = z.strictObject(streamServerOptions);

/** By local time alone: whoever does not renew the lease for as long as it lasts does not hold it. */
class LeaseWatch implements StreamWatch {
  readonly #server: ServerConnection;
  readonly #bucket: string;
  #opened: KV | undefined;
  #state: StreamState = { isReachable: true, primary: undefined };
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #revision: number | undefined;
  #renewedAt = 0;

  private constructor(server: ServerConnection, bucket: string) {
    this.#server = server;
    this.#bucket = bucket;
  }

  /** Begins with what is known by then. */
  static async begin(server: ServerConnection, bucket: string): Promise<LeaseWatch> {
    const watch = new LeaseWatch(server, bucket);
    void watch.#listen();
    await watch.#ask();
    return watch;
  }

  look(): StreamState {
    const now = systemClock.monotonic();
    if (!this.#asking && now - this.#askedAt >= askEveryMs) {
      this.#askedAt = now;
      this.#asking = true;
      void this.#ask();
    }
    return this.#state;
  }

  close(): Promise<void> {
    return this.#server.connection.close();
  }

  /** A connection that breaks says so at once, where a question waits for its answer. */
  async #listen(): Promise<void> {
    for await (const { type } of this.#server.connection.status()) {
      if (type === 'disconnect') this.#state = unreachable;
    }
  }

  async #ask(): Promise<void> {
    try {
      this.#opened ??= await new Kvm(this.#server.client).open(this.#bucket);
      this.#state = {
        isReachable: true,
        primary: this.#primaryOf(await this.#opened.get(leaseKey)),
      };
    } catch (error) {
      // A server that refuses the question is there: no primary has begun yet, or has a bucket any more.
      this.#state = isA(error, JetStreamApiError)
        ? { isReachable: true, primary: undefined }
        : unreachable;
    } finally {
      this.#asking = false;
    }
  }

  #primaryOf(entry: KvEntry | null): StreamPrimary | undefined {
    const holder = leaseHolder(entry);
    if (holder === undefined) return undefined;
    const now = systemClock.monotonic();
    if (entry!.revision !== this.#revision) {
      this.#revision = entry!.revision;
      this.#renewedAt = now;
    }
    return now - this.#renewedAt <= holder.leaseMs ? shown(holder) : undefined;
  }
}

const unreachable: StreamState = { isReachable: false, primary: undefined };

const shown = ({ member, host, pid, epoch }: LeaseHolder): StreamPrimary => ({
  member,
  host,
  pid,
  epoch,
});

const askEveryMs = 250;
