import { StorageType } from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm, setSha256Backend } from '@nats-io/obj';
import type { SnapshotData } from '@panoptes/core/follower';
import type { PeersBase } from './changed-peers.js';
import { objectChunks } from './object-chunks.js';
import type { StreamPoint } from './run-assembler.js';
import type { ServerConnection } from './server-connection.js';
import { snapshotChunks } from './snapshot-chunks.js';

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

  /** Those that are whole, the newest first. */
  async list(): Promise<StoredSnapshot[]> {
    const objects = await this.#objects.list();
    return objects
      .flatMap((info) => snapshotOf(info) ?? [])
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

  async remove({ name }: StoredSnapshot): Promise<void> {
    await this.#objects.delete(name);
  }
}

/** A snapshot in its bucket. */
export interface StoredSnapshot extends SnapshotFacts {
  readonly name: string;
  readonly bytes: number;
  /** What the bucket says of it. */
  readonly info: ObjectInfo;
}

/** What a snapshot says of itself: as of what it is, and where the stream goes on. */
interface SnapshotFacts extends PeersBase, Required<StreamPoint> {
  readonly fields: string;
}

/** What an object says, if it is a snapshot. */
function snapshotOf(info: ObjectInfo): StoredSnapshot | undefined {
  const { name, size, metadata } = info;
  try {
    const given = JSON.parse(metadata?.['panoptes'] ?? '') as Readonly<Record<string, unknown>>;
    const { id, epoch, place, lastSeq, lastTime, peers, fields } = given;
    const counts = [epoch, place, lastSeq, peers, size];
    const isRight =
      typeof id === 'string' &&
      typeof fields === 'string' &&
      Number.isFinite(lastTime) &&
      counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
    const facts = { id, epoch, place, lastSeq, lastTime, peers, fields } as SnapshotFacts;
    return isRight ? { ...facts, name, bytes: size, info } : undefined;
  } catch {
    return undefined;
  }
}

/** Of one message; a server takes a MiB unless it was told otherwise. */
const chunkBytes = 512 * 1024;
const chunkMs = 10_000;
