import { hostname } from 'node:os';
import { StorageType } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import { StoreError, isA, systemClock } from '@panoptes/core/follower';
import type { ServerConnection } from './server-connection.js';
import { isOvertaken } from './stream-problem.js';

/**
 * Who is the primary, for politeness: nobody begins an epoch while another that is alive holds the lease. What
 * keeps two from writing is the stream. It lasts for so long after it was renewed; when that was, and what time
 * it is now, is the server's to say, so no clocks need agree.
 */
export class PrimaryLease {
  readonly #bucket: KV;
  readonly #member: string;
  readonly #leaseMs: number;
  #revision = 0;
  #epoch = 0;
  #cancel: () => void = () => undefined;
  #renewing: Promise<void> | undefined;
  #isHeld = false;
  #lost: () => void = () => undefined;

  private constructor(bucket: KV, member: string, leaseMs: number) {
    this.#bucket = bucket;
    this.#member = member;
    this.#leaseMs = leaseMs;
  }

  /** Opens the bucket of a lease, which is made when it is not there yet. */
  static async open({
    server,
    bucket,
    replicas,
    member,
    leaseMs,
  }: LeasePlace): Promise<PrimaryLease> {
    const kv = await new Kvm(server.client).create(bucket, {
      storage: StorageType.File,
      replicas,
      history: 1,
      // It is the leader that knows who holds it.
      allow_direct: false,
    });
    return new PrimaryLease(kv, member, leaseMs);
  }

  /**
   * Takes it, when nobody holds it, or whoever does has not renewed it for as long as it lasts, which is waited
   * for. It is renewed from then on, well before it ends.
   *
   * @throws {StoreError} `STORE_LOCKED` when another renews it
   */
  async take(): Promise<void> {
    for (let seen: number | undefined; ;) {
      const entry = await this.#bucket.get(leaseKey);
      const holder = leaseHolder(entry);
      if (holder !== undefined && seen !== undefined && entry!.revision !== seen) {
        throw new StoreError('STORE_LOCKED', lockedBy(holder));
      }
      const leftMs = holder === undefined ? 0 : await this.#leftMs(entry!, holder);
      if (leftMs <= 0 && (await this.#write(entry?.revision ?? 0))) break;
      seen = entry?.revision;
      await pause(Math.min(Math.max(leftMs, shortestMs), lookMs));
    }
    this.#isHeld = true;
    this.#renewLater();
  }

  /**
   * Tells others which epoch its holder has begun.
   *
   * @param lost - called when another has taken it, or the bucket does not have it any more
   */
  keep(epoch: number, lost: () => void): void {
    this.#epoch = epoch;
    this.#lost = lost;
    this.#cancel();
    // One that is under way does not know the epoch.
    this.#renewing = (this.#renewing ?? Promise.resolve()).then(() => {
      this.#cancel();
      return this.#renew();
    });
  }

  /** Gives it back, if it has it. */
  async release(): Promise<void> {
    this.#cancel();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    // Its answer says which revision is to be removed.
    await this.#renewing;
    await this.#bucket.delete(leaseKey, { previousSeq: this.#revision });
  }

  #renewLater(): void {
    this.#cancel = systemClock.after(this.#leaseMs / 3, () => {
      this.#renewing = this.#renew();
    });
  }

  async #renew(): Promise<void> {
    try {
      if (this.#isHeld && !(await this.#write(this.#revision))) this.#lost();
    } catch {
      // The server cannot be reached: the lease ends meanwhile, and whoever takes it begins an epoch.
    }
    if (this.#isHeld) this.#renewLater();
  }

  /** How much longer another holds it. */
  async #leftMs(entry: KvEntry, { leaseMs }: LeaseHolder): Promise<number> {
    await this.#bucket.put(clockKey, '');
    const clock = await this.#bucket.get(clockKey);
    const passed = (clock?.created ?? entry.created).getTime() - entry.created.getTime();
    return leaseMs - passed;
  }

  /** @returns whether nobody has written it since `revision` */
  async #write(revision: number): Promise<boolean> {
    const holder: LeaseHolder = {
      member: this.#member,
      host: hostname(),
      pid: process.pid,
      epoch: this.#epoch,
      leaseMs: this.#leaseMs,
    };
    try {
      this.#revision = await this.#bucket.put(leaseKey, JSON.stringify(holder), {
        previousSeq: revision,
      });
      return true;
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      return this.#isOwn();
    }
  }

  /** Whether what is there was written by this one, whose answer was lost. */
  async #isOwn(): Promise<boolean> {
    const entry = await this.#bucket.get(leaseKey);
    if (entry === null || leaseHolder(entry)?.member !== this.#member) return false;
    this.#revision = entry.revision;
    return true;
  }
}

/** Where a lease is, and for whom. */
export interface LeasePlace {
  readonly server: ServerConnection;
  readonly bucket: string;
  readonly replicas: number;
  /** An id that no other has. */
  readonly member: string;
  readonly leaseMs: number;
}

/** Who holds a lease. */
export interface LeaseHolder {
  readonly member: string;
  readonly host: string;
  readonly pid: number;
  /** That it has begun; 0 while it is about to. */
  readonly epoch: number;
  readonly leaseMs: number;
}

/** Who holds it; undefined when it was given back, or is not readable. */
export function leaseHolder(entry: KvEntry | null): LeaseHolder | undefined {
  if (entry?.operation !== 'PUT') return undefined;
  try {
    const { member, host, pid, epoch, leaseMs } = (entry.json<unknown>() ?? {}) as LeaseHolder;
    const isHolder =
      typeof member === 'string' &&
      typeof host === 'string' &&
      Number.isSafeInteger(pid) &&
      Number.isSafeInteger(epoch) &&
      leaseMs > 0 &&
      leaseMs <= mostLeaseMs;
    return isHolder ? { member, host, pid, epoch, leaseMs } : undefined;
  } catch (error) {
    if (isA(error, SyntaxError)) return undefined;
    throw error;
  }
}

const lockedBy = ({ member, host, pid, epoch, leaseMs }: LeaseHolder): string =>
  `another member is the primary: ${member}, process ${pid} on ${host}, in epoch ${epoch}; it renews its lease ` +
  `of ${leaseMs} ms, and must be closed, or end, before another begins`;

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => void systemClock.after(ms, resolve));

/** The key of the lease in its bucket. */
export const leaseKey = 'primary';
/** The longest that a lease may last. */
export const mostLeaseMs = 600_000;
/** What is written there has the server's time. */
const clockKey = 'clock';
const shortestMs = 20;
/** So often whoever waits for a lease looks whether it is renewed. */
const lookMs = 250;
