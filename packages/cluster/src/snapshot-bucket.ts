import { StorageType } from '@nats-io/jetstream';
import { type ObjectInfo, type ObjectStore, Objm } from '@nats-io/obj';
import type { SnapshotData } from '@panoptes/core/follower';
import type { PeersBase } from './changed-peers.js';
import type { StreamPoint } from './run-assembler.js';
import type { ServerConnection } from './server-connection.js';
import { snapshotChunks } from './snapshot-chunks.js';

/** The snapshots of a registry on its server: each is all entries, as of one transaction. */
export class SnapshotBucket {
  readonly #objects: ObjectStore;

  private constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Opens the bucket, which is made when it is not there yet. */
  static async open(
    { client }: ServerConnection,
    name: string,
    replicas: number,
  ): Promise<SnapshotBucket> {
    const options = { storage: StorageType.File, replicas };
    return new SnapshotBucket(await new Objm(client).create(name, options));
  }

  /** Opens the bucket that a primary has made. */
  static async existing({ client }: ServerConnection, name: string): Promise<SnapshotBucket> {
    return new SnapshotBucket(await new Objm(client).open(name));
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
    return { ...facts, name, bytes: info.size };
  }

  /** The bytes of a snapshot's entries, in pieces that may end anywhere. */
  async *read({ name }: StoredSnapshot): AsyncGenerator<Uint8Array> {
    const found = await this.#objects.get(name);
    if (found === null) throw new Error(`snapshot ${name} is not there any more`);
    // The stream of its data says the same.
    found.error.catch(() => undefined);
    yield* found.data;
  }

  async remove({ name }: StoredSnapshot): Promise<void> {
    await this.#objects.delete(name);
  }
}

/** A snapshot in its bucket. */
export interface StoredSnapshot extends SnapshotFacts {
  readonly name: string;
  readonly bytes: number;
}

/** What a snapshot says of itself: as of what it is, and where the stream goes on. */
interface SnapshotFacts extends PeersBase, Required<StreamPoint> {
  readonly fields: string;
}

/** What an object says, if it is a snapshot. */
function snapshotOf({ name, size, metadata }: ObjectInfo): StoredSnapshot | undefined {
  try {
    const given = JSON.parse(metadata?.['panoptes'] ?? '') as Readonly<Record<string, unknown>>;
    const { id, epoch, place, lastSeq, lastTime, peers, fields } = given;
    const counts = [epoch, place, lastSeq, peers];
    const isRight =
      typeof id === 'string' &&
      typeof fields === 'string' &&
      Number.isFinite(lastTime) &&
      counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
    const facts = { id, epoch, place, lastSeq, lastTime, peers, fields } as SnapshotFacts;
    return isRight ? { ...facts, name, bytes: size } : undefined;
  } catch {
    return undefined;
  }
}

/** Of one message; a server takes a MiB unless it was told otherwise. */
const chunkBytes = 512 * 1024;
const chunkMs = 10_000;
