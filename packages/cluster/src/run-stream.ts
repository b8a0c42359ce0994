import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import type { SourceHead } from '@panoptes/core';
import { StoreError } from '@panoptes/core/follower';
import { type StreamMessage, messageOf } from './run-headers.js';
import type { ServerConnection } from './server-connection.js';
import type { StreamNames } from './stream-names.js';
import { isMissing } from './stream-problem.js';

/** The stream of a registry's runs, on its server. */
export class RunStream {
  readonly names: StreamNames;
  readonly server: ServerConnection;

  constructor(server: ServerConnection, names: StreamNames) {
    this.server = server;
    this.names = names;
  }

  /**
   * Makes it, unless it is there.
   *
   * @throws {StoreError} `STORE_FORMAT` when one of that name is there, and is none that keeps a registry
   */
  async make(replicas: number): Promise<void> {
    const { streams } = this.server;
    const { stream, subject } = this.names;
    let config: StreamConfig;
    try {
      ({ config } = await streams.streams.info(stream));
    } catch (error) {
      if (!isMissing(error)) throw error;
      ({ config } = await streams.streams.add({
        name: stream,
        subjects: [subject],
        description:
          'The changes of a Panoptes registry, in the order in which they were committed',
        storage: StorageType.File,
        retention: RetentionPolicy.Limits,
        discard: DiscardPolicy.New,
        num_replicas: replicas,
        allow_direct: true,
        deny_delete: true,
      }));
    }
    const isOurs =
      config.subjects?.length === 1 &&
      config.subjects[0] === subject &&
      config.storage === StorageType.File &&
      config.retention === RetentionPolicy.Limits &&
      config.discard === DiscardPolicy.New &&
      config.max_age === 0;
    if (isOurs) return;
    throw new StoreError(
      'STORE_FORMAT',
      `stream ${stream}: expected one on disk that keeps everything on subject ${subject} and discards ` +
        "nothing, got another; give the registry another name (option 'name'), or mend the stream",
    );
  }

  /** Where it begins and ends, and how large it is, as its leader says. */
  async ends(): Promise<StreamEnds> {
    const { state } = await this.server.streams.streams.info(this.names.stream);
    return { first: state.first_seq, last: state.last_seq, bytes: state.bytes };
  }

  /**
   * A message, as the leader has it.
   *
   * @returns undefined when there is none at that place
   * @throws {StoreError} `STORE_FORMAT` when it is no message of a registry
   */
  async message(place: number): Promise<PlacedMessage | undefined> {
    try {
      const found = await this.server.streams.streams.getMessage(this.names.stream, { seq: place });
      return found === null
        ? undefined
        : {
            place,
            data: found.data,
            at: found.time.getTime(),
            ...this.say(found.header, place),
          };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The newest transaction, which may be one before the epoch that has just begun; undefined when it is empty. */
  async head(): Promise<SourceHead | undefined> {
    const { last } = await this.ends();
    const found = await this.message(last);
    if (found === undefined) return undefined;
    const { epoch, lastSeq: seq } = found.message;
    return { epoch, seq, time: found.at };
  }

  /** Removes messages up to a place, but never the last. */
  async cut(place: number): Promise<void> {
    const { last } = await this.ends();
    await this.server.streams.streams.purge(this.names.stream, { seq: Math.min(place + 1, last) });
  }

  /** What a message says. */
  say(header: Parameters<typeof messageOf>[0], place: number): { readonly message: StreamMessage } {
    const message = messageOf(header);
    if (message !== undefined) return { message };
    throw new StoreError(
      'STORE_FORMAT',
      `message ${place} of stream ${this.names.stream}: expected one that a registry of this release writes, ` +
        'got another; who else writes there, or is it of a later release?',
    );
  }
}

/** The places of a stream's first and last message; `last` is `first - 1` when it is empty. */
export interface StreamEnds {
  readonly first: number;
  readonly last: number;
  readonly bytes: number;
}

/** A message in its place, which is the server's own sequence. */
export interface PlacedMessage {
  readonly place: number;
  readonly message: StreamMessage;
  readonly data: Uint8Array;
  /** When the server took it, Unix milliseconds. */
  readonly at: number;
}
