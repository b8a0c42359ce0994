import { StorageType } from '@nats-io/jetstream';
import { type ObjectStore, Objm, setSha256Backend } from '@nats-io/obj';
import { type SnapshotData, isA } from '@panoptes/core/follower';
import type { PeersBase } from './changed-peers.js';
import { type StoredObject, objectChunks } from './object-chunks.js';
import type { StreamPoint } from './run-assembler.js';
import type { ServerConnection } from './server-connection.js';
import { snapshotChunks } from './snapshot-chunks.js';
import { isMissing } from './stream-problem.js';

// Several times as fast. It holds for this thread alone, which is a store's or a source's own.
setSha256Backend('native');

/** The snapshots of a registry on its server: each is all entries, as of one transaction. */
export class SnapshotBucket {
  readonly #server: ServerConnection;
  readonly #name: string;
  readonly #objects: ObjectStore;

  private constructor(server: ServerConnection, name: string, objects: ObjectStore) {
    this.#server = server;
    this.#name = name;
    this.#objects = objects;
  }

  /** Opens the bucket, which is made when it is not there yet. */
  static async open(
    server: ServerConnection,
    name: string,
    replicas: number,
  ): Promise<SnapshotBucket> {
    const options = { storage: StorageType.File, replicas };
    return new SnapshotBucket(server, name, await new Objm(server.client).create(name, options));
  }

  /** Opens the bucket that a primary has made. */
  static async existing(server: ServerConnection, name: string): Promise<SnapshotBucket> {
    return new SnapshotBucket(server, name, await new Objm(server.client).open(name));
  }

  /** Those that are whole, the newest first, as the leader has them: a server that was away may lack some. */
  async list(): Promise<StoredSnapshot[]> {
    const { streams } = this.#server.streams;
    const { state } = await streams.info(this.#stream, { subjects_filter: this.#said('>') });
    const objects = await Promise.all(
      Object.keys(state.subjects ?? {}).map((subject) => this.#object(subject)),
    );
    return objects
      .flatMap((object) => snapshotOf(object) ?? [])
      .sort((one, other) => other.lastSeq - one.lastSeq || other.epoch - one.epoch);
  }

  /**
   * Sends a snapshot, a chunk at a time.
   *
   * @param from - where in the stream whoever starts with it goes on
   * @throws {StoreError} when an entry of it is none that a registry writes
   */
  async put(
    data: SnapshotData,
    from: Required<StreamPoint>,
    fields: string,
  ): Promise<StoredSnapshot> {
    const { seq, time } = data.point;
    const facts: SnapshotFacts = {
      id: from.id,
      epoch: from.epoch,
      place: from.place,
      lastSeq: seq,
      lastTime: time,
      peers: data.size,
      fields,
    };
    const name = `${String(seq).padStart(16, '0')}-${from.epoch}`;
    const chunks = ReadableStream.from<Uint8Array>(snapshotChunks(data));
    const info = await this.#objects.put(
      {
        name,
        metadata: { panoptes: JSON.stringify(facts) },
        options: { max_chunk_size: chunkBytes },
      },
      chunks,
      { timeout: chunkMs },
    );
    return { ...facts, name, bytes: info.size, info };
  }

  /**
   * The bytes of a snapshot's entries, in pieces that may end anywhere.
   *
   * @throws {StoreError} `STORE_HISTORY_GONE` when it was removed meanwhile, `STORE_CORRUPT` when it is not whole
   */
  async *read({ name, info }: StoredSnapshot): AsyncGenerator<Uint8Array> {
    yield* objectChunks(this.#server, this.#name, info, async () => {
      const now = await this.#objects.info(name);
      return now === null || now.deleted ? undefined : now;
    });
  }

  /** Removes one, and that it was there. */
  async remove({ name }: StoredSnapshot): Promise<void> {
    await this.#objects.delete(name);
    const filter = this.#said(subjectToken(name));
    await this.#server.streams.streams.purge(this.#stream, { filter });
  }

  /** What the last message of a subject says of an object; undefined when it is there no more. */
  async #object(last_by_subj: string): Promise<unknown> {
    try {
      const { streams } = this.#server.streams;
      return (await streams.getMessage(this.#stream, { last_by_subj }))?.json();
    } catch (error) {
      if (isMissing(error) || isA(error, SyntaxError)) return undefined;
      throw error;
    }
  }

  /** The subject of what is said of an object. */
  #said(token: string): string {
    return `$O.${this.#name}.M.${token}`;
  }

  get #stream(): string {
    return `OBJ_${this.#name}`;
  }
}

/** A snapshot in its bucket. */
export interface StoredSnapshot extends SnapshotFacts {
  readonly name: string;
  readonly bytes: number;
  /** What the bucket says of it. */
  readonly info: StoredObject;
}

/** What a snapshot says of itself: as of what it is, and where the stream goes on. */
interface SnapshotFacts extends PeersBase, Required<StreamPoint> {
  readonly fields: string;
}

/** What an object says, if it is a snapshot that was not removed. */
function snapshotOf(object: unknown): StoredSnapshot | undefined {
  const { name, nuid, size, chunks, digest, metadata, deleted } = (object ?? {}) as Said;
  try {
    const { panoptes = '' } = (metadata ?? {}) as { readonly panoptes?: string };
    const given = JSON.parse(panoptes) as Readonly<Record<string, unknown>>;
    const { id, epoch, place, lastSeq, lastTime, peers, fields } = given;
    const isRight =
      deleted !== true &&
      [name, nuid, digest, id, fields].every((text) => typeof text === 'string') &&
      Number.isFinite(lastTime) &&
      [epoch, place, lastSeq, peers, size, chunks].every(isCount);
    if (!isRight) return undefined;
    const facts = { id, epoch, place, lastSeq, lastTime, peers, fields } as SnapshotFacts;
    const info = { name, nuid, size, chunks, digest } as StoredObject;
    return { ...facts, name: info.name, bytes: info.size, info };
  } catch {
    return undefined;
  }
}

type Said = Readonly<Record<string, unknown>>;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** A name as a part of a subject. */
function subjectToken(name: string): string {
  const text = Buffer.from(name).toString('base64url');
  return text + '='.repeat(-text.length & 3);
}

/** Of one message; a server takes a MiB unless it was told otherwise. */
const chunkBytes = 512 * 1024;
const chunkMs = 10_000;
