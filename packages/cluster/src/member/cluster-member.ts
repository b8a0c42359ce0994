import {
  ConfigError,
  PanoptesError,
  type PromoteOptions,
  type RegistryStore,
  ReplicaError,
  type RunSource,
  StoreError,
  isA,
  systemChance,
  systemClock,
} from '@panoptes/core';
import { type CommandForward, PeerReplica, type ReplicaParts } from '@panoptes/workers';
import type { LeaseHolder } from '../primary-lease.js';
import type { ServerConnection } from '../server-connection.js';
import type { StreamNames } from '../stream-names.js';
import { CommandForwarder } from './command-forwarder.js';
import { CommandResponder } from './command-responder.js';
import { Latest } from './latest.js';
import { LeaseWatch } from './lease-watch.js';
import { type CreateMemberOptions, type MemberOptions, memberOptions } from './member-options.js';
import { type MemberParts, joinServers, sourceOf } from './member-parts.js';
import { type MemberRole, type MemberState, type PrimaryPlace, primaryOf } from './member-state.js';

/**
 * A registry that is a replica of others' until the lease of the primary is free, then takes it and is the
 * primary, with its observers and watches going on; and a replica again when another has taken its place. Its
 * commands are brought to the primary, wherever that is.
 */
export class ClusterMember extends PeerReplica {
  /** Its own, which no other member has. */
  readonly memberId: string;
  readonly #server: ServerConnection;
  readonly #names: StreamNames;
  readonly #options: MemberOptions;
  readonly #store: RegistryStore;
  readonly #lease: LeaseWatch;
  readonly #forwarder: CommandForwarder;
  readonly #states: Latest<MemberState>;
  #responder: CommandResponder | undefined;
  #running: Promise<void> | undefined;
  #isClosing = false;
  /** Whether it is to leave the lease to others for a while. */
  #standsBack = false;
  #closing: Promise<void> | undefined;
  #resigning: Promise<void> | undefined;
  /** Ends its wait for what becomes of it. */
  #wake: () => void = () => undefined;

  private constructor(parts: MemberParts, ...replica: ReplicaParts) {
    super(...replica);
    const { memberId, server, names, options, store } = parts;
    this.memberId = memberId;
    this.#server = server;
    this.#names = names;
    this.#options = options;
    this.#store = store;
    this.#states = new Latest<MemberState>({
      role: 'replica',
      epoch: this.epoch,
      primary: undefined,
    });
    this.#forwarder = new CommandForwarder({
      connection: server.connection,
      subject: names.commands,
      timeoutMs: options.forwardTimeoutMs,
      maxBatchChanges: this.config.commands.maxBatchChanges,
    });
    this.#lease = new LeaseWatch(server, names.lease, {
      changed: (holder) => this.#heard(holder),
      chance: options.registry.chance ?? systemChance,
    });
  }

  /** Connects to the servers, and follows the primary, or becomes it; see `createMember`. */
  static async join(given: CreateMemberOptions): Promise<ClusterMember> {
    const parts = await joinServers(memberOptions(given));
    try {
      const member = await ClusterMember.following(
        { ...parts.options.registry, source: sourceOf(parts.options) },
        (...replica) => new ClusterMember(parts, ...replica),
      );
      member.#running = member.#run();
      return member;
    } catch (error) {
      await parts.server.connection.close();
      throw error;
    }
  }

  /** What it is now. */
  get role(): MemberRole {
    return this.#states.value.role;
  }

  /** Who is the primary, as far as is known here. */
  get primary(): PrimaryPlace | undefined {
    return this.#states.value.primary;
  }

  /**
   * Tells what it is now, and each time that it, or who is the primary, changes, until it is closed, has
   * failed, or the loop is left: one that has failed leads no more. A slow loop is told of the newest alone.
   *
   * ```ts
   * for await (const { role, epoch } of member.states()) console.log(role, epoch);
   * ```
   */
  states({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<
    MemberState,
    undefined
  > {
    return this.#states.follow(signal);
  }

  /**
   * Gives the lease up, if it is the primary, and another takes it at once: when all that it has taken is
   * committed and answered. Commands that come meanwhile wait for the next primary. It is a replica then.
   *
   * @throws what keeps it from that; then it has been fenced, or has failed, or is the primary as before, such
   *   as when too many commands wait
   */
  resign(): Promise<void> {
    return (this.#resigning ??= this.#resign().finally(() => (this.#resigning = undefined)));
  }

  /** @throws {ConfigError} a member does so by itself */
  override promote(_options?: PromoteOptions): Promise<void> {
    return Promise.reject(byItself('promote'));
  }

  /** @throws {ConfigError} a member does so by itself */
  override demote(_source: RunSource): Promise<void> {
    return Promise.reject(byItself('demote'));
  }

  /**
   * As a registry's. The primary answers what it has taken, and gives the lease back; what was sent from here
   * and not answered rejects.
   */
  override close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  protected override get taker(): CommandForward | undefined {
    return this.#isPrimary && !this.#standsBack ? undefined : this.#forwarder.commands;
  }

  async #resign(): Promise<void> {
    const responder = this.#responder;
    if (responder === undefined) return;
    this.#standsBack = true;
    await responder.stop(answerMs);
    try {
      await this.giveUp();
    } catch (error) {
      if (this.#isPrimary) this.#respond();
      throw error;
    }
    for await (const { role } of this.states()) if (role === 'replica' && this.isReplica) return;
    this.failure.throwIfAborted();
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    this.#lease.close();
    this.#wake();
    try {
      await this.#responder?.stop(answerMs);
      this.#forwarder.close();
      await super.close();
      await this.#running;
    } finally {
      await this.#server.connection.close();
    }
  }

  /** A replica, then the primary, then a replica again. */
  async #run(): Promise<void> {
    const watching = this.#lease.run();
    while (!this.#isOver) {
      if (!(await this.#lead())) continue;
      this.#respond();
      this.#become('primary');
      await this.#untilAborted(this.fenced);
      await this.#follow();
    }
    if (this.failure.aborted) this.#become('replica');
    this.#states.end();
    await watching;
  }

  /** Takes the commands of others, and its own, as the primary. */
  #respond(): void {
    this.#standsBack = false;
    this.#responder = new CommandResponder(
      this.#server.connection,
      this.callers,
      this.#names.commands(this.epoch),
    );
  }

  get #isPrimary(): boolean {
    return !this.isReplica && !this.fenced.aborted;
  }

  get #isOver(): boolean {
    return this.#isClosing || this.failure.aborted;
  }

  /** Waits until the lease is free, and takes it. */
  async #lead(): Promise<boolean> {
    if (!this.#options.canLead) {
      await this.#untilAborted(this.failure);
      return false;
    }
    if (this.#standsBack) await this.#pause(this.#options.stream.leaseMs);
    this.#standsBack = false;
    await this.#lease.free();
    if (this.#isOver) return false;
    try {
      await super.promote({ store: this.#store });
      return true;
    } catch (error) {
      if (this.#isOver) return false;
      if (isA(error, ReplicaError) && error.code === 'REPLICA_ENDED') {
        // `ended` says why; it has what it had, and leads nobody.
        await this.#untilAborted(this.failure);
        return false;
      }
      this.#lease.held();
      if (isA(error, StoreError) && error.code === 'STORE_LOCKED') return false;
      this.#warn(error, 'the member could not become the primary, and tries again');
      await this.#pause(retryMs);
      return false;
    }
  }

  /** Another has taken its place, which it follows. */
  async #follow(): Promise<void> {
    const responder = this.#responder;
    this.#responder = undefined;
    await responder?.stop(0);
    while (!this.#isOver) {
      try {
        await super.demote(sourceOf(this.#options));
        this.#become('replica');
        return;
      } catch (error) {
        if (this.#isOver) return;
        this.#warn(error, 'the member could not follow the next primary, and tries again');
        await this.#pause(retryMs);
      }
    }
  }

  #become(role: MemberRole): void {
    this.#states.set({ ...this.#states.value, role, epoch: this.epoch });
  }

  #heard(holder: LeaseHolder | undefined): void {
    const primary = primaryOf(holder);
    this.#forwarder.follow(primary?.epoch);
    // Whoever has begun no epoch yet is nobody.
    if (primary ?? this.primary) this.#states.set({ ...this.#states.value, primary });
  }

  /** Resolves when a signal is aborted, the registry has failed or is closed. */
  #untilAborted(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      if (signal.aborted || this.#isOver) return resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.failure.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      const cancel = systemClock.after(ms, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #warn(error: unknown, message: string): void {
    const code = isA(error, PanoptesError) ? error.code : undefined;
    this.warn({ code, err: error }, message);
  }
}

const byItself = (what: string): ConfigError =>
  new ConfigError(`${what}(): a member does so by itself, by the lease; resign() gives that up`);

/** How long a primary that stops waits for what it has taken to be answered. */
const answerMs = 5_000;
const retryMs = 250;
