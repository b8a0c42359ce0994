import { ConnectionClosedError } from '../connection-errors.js';
import { PeerUpdateError } from '../errors.js';
import { textArgument } from '../peers/identity-arguments.js';
import { type OwnPatch, ownPatch } from '../peers/own-patch.js';
import type { PeerEntry, PeerInput } from '../peers/peer-entry.js';
import type { PeerPatch } from '../peers/peer-patch.js';
import { refusalFor } from '../peers/refusal.js';
import { type OptionTable, readOptions, wholeOption } from '../read-options.js';
import type { BatchUpdate } from './batch-update.js';
import { type BulkResult, BulkUpsert } from './bulk-upsert.js';
import { CallerCommands } from './caller-commands.js';
import type { CallerSender } from './caller-sender.js';
import type { WhenFull } from './command-queue.js';
import { type BatchResult, type CommandResult, updateStep } from './commands.js';
import { cleanUp } from './clean-up.js';
import { type GivenTarget, readTarget } from './given-target.js';
import { metricsPatch, trustPatch } from './patch-arguments.js';
import {
  type BulkOptions,
  type UpsertOptions,
  type UpsertSettings,
  upsertSettings,
  whenFullOption,
} from './upsert-options.js';

/**
 * A registry that is on another thread, for a caller on this one. Commands have the same types, results and
 * errors as there, and take their turn like those of all other callers. They are checked and encoded here,
 * and cross through memory that both threads share.
 *
 * All promises that are pending when the registry closes or fails reject with its error; so they do when
 * the connection is broken. While commands wait for their outcome, this thread's event loop goes on.
 */
export class RegistryConnection implements AsyncDisposable {
  /** The peers, for reading. */
  readonly peers: ConnectedPeers;
  readonly #sender: CallerSender;
  readonly #commands: CallerCommands;
  readonly #defaults: UpsertSettings;
  readonly #hangUp: () => void;
  #closing: Promise<void> | undefined;

  /** @param sender - the way to the registry */
  constructor(sender: CallerSender, { whenFull, maxBatchChanges, hangUp }: ConnectionTerms) {
    this.#sender = sender;
    this.#commands = new CallerCommands(sender, maxBatchChanges);
    this.#defaults = { ...upsertSettings(undefined), whenFull };
    this.#hangUp = hangUp;
    const commands = this.#commands;
    this.peers = Object.freeze<ConnectedPeers>({
      get: (nodeId) => {
        const asked = () => textArgument('peerId.nodeId', nodeId);
        return commands.get(whenFull, asked) as Promise<PeerEntry | undefined>;
      },
    });
  }

  /** Commands that wait for their outcome. */
  get outstanding(): number {
    return this.#sender.outstanding;
  }

  /** As `upsert` of the registry. `whenFull` is the connection's unless it is given. */
  upsert(peer: PeerInput, options?: UpsertOptions): Promise<CommandResult<'added' | 'updated'>> {
    return new Promise((resolve, reject) => {
      let settings: UpsertSettings;
      try {
        settings = upsertSettings(options, this.#defaults);
      } catch (error) {
        return reject(refusalFor(error));
      }
      this.#commands.postUpsert(peer, settings, resolve as (result: unknown) => void, reject);
    });
  }

  /** As `upsertMany` of the registry: it waits for room, and promises cost nothing. */
  async upsertMany(
    peers: Iterable<PeerInput> | AsyncIterable<PeerInput>,
    options?: BulkOptions,
  ): Promise<BulkResult> {
    return new BulkUpsert(this.#commands, options).run(peers);
  }

  /** As `remove` of the registry. */
  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.#commands.step(this.#defaults.whenFull, () => ({
      kind: 'remove',
      nodeId: textArgument('peerId.nodeId', nodeId),
    })) as Promise<CommandResult<'removed'>>;
  }

  /**
   * As `update` of the registry, with fields to change.
   *
   * @throws {PeerUpdateError} for a function, which cannot cross
   */
  update(nodeId: string, patch: PeerPatch): Promise<CommandResult<'updated'>> {
    return this.#update({ nodeId }, () => patch);
  }

  /** `update` of the peer that has a public key, given as bytes or hex. */
  updateByPublicKey(
    publicKey: string | Uint8Array,
    patch: PeerPatch,
  ): Promise<CommandResult<'updated'>> {
    return this.#update({ publicKey }, () => patch);
  }

  /** `update` of the peer that has a DID. */
  updateByDid(did: string, patch: PeerPatch): Promise<CommandResult<'updated'>> {
    return this.#update({ did }, () => patch);
  }

  /** As `updateOrInsert` of the registry, with fields to change. */
  updateOrInsert(peer: PeerInput, patch: PeerPatch): Promise<CommandResult<'added' | 'updated'>> {
    const { whenFull } = this.#defaults;
    return this.#commands.updateOrInsert(whenFull, peer, () => crossing(patch)) as Promise<
      CommandResult<'added' | 'updated'>
    >;
  }

  /** As `cleanupExpired` of the registry. */
  cleanupExpired(): Promise<{ readonly removed: number; readonly seq: number }> {
    return cleanUp(() => this.#commands.cleanup(this.#defaults.whenFull) as Promise<BatchResult>);
  }

  /** As `updateMetrics` of the registry. */
  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>> {
    return this.#update({ nodeId }, () => metricsPatch(metrics));
  }

  /** As `updateTrust` of the registry. */
  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>> {
    return this.#update({ nodeId }, () => trustPatch(trustScore));
  }

  /**
   * As `touch` of the registry.
   *
   * @param lastSeen - Unix milliseconds; when the registry takes the command unless given
   */
  touch(nodeId: string, lastSeen?: number): Promise<CommandResult<'updated'>> {
    if (lastSeen !== undefined) return this.#update({ nodeId }, () => ({ lastSeen }));
    return this.#commands.step(this.#defaults.whenFull, () =>
      updateStep(readTarget({ nodeId }), seenNow),
    ) as Promise<CommandResult<'updated'>>;
  }

  /** As `commitBatch` of the registry: all changes of the batch, or none. */
  commitBatch(batch: BatchUpdate): Promise<BatchResult> {
    return this.#commands.batch(this.#defaults.whenFull, batch) as Promise<BatchResult>;
  }

  /**
   * Takes no more commands, and resolves when those that were sent have their outcome; the registry then
   * forgets the connection. Calling it again waits for the same end.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** `close`, at the end of the block of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#sender.close(
      new ConnectionClosedError('the connection is closed and takes no more commands'),
    );
    await this.#sender.settled();
    this.#hangUp();
  }

  #update(target: GivenTarget, patch: () => unknown): Promise<CommandResult<'updated'>> {
    return this.#commands.step(this.#defaults.whenFull, () => {
      const [found, given] = [readTarget(target), patch()];
      return updateStep(found, crossing(given));
    }) as Promise<CommandResult<'updated'>>;
  }
}

/** The peers of a registry that is on another thread. */
export interface ConnectedPeers {
  /**
   * A copy of a peer as it is when the registry comes to the question: commands whose outcome is known have
   * been committed by then, others that were sent before it may not.
   *
   * @returns undefined when there is none
   * @throws {PeerValidationError} when it is no node id
   */
  readonly get: (nodeId: string) => Promise<PeerEntry | undefined>;
}

/** How a connection treats its commands. */
export interface ConnectOptions {
  /**
   * What happens to a command when `maxOutstanding` wait for their outcome already, or when the memory of
   * the connection is full: `reject` (default), or `wait` longer; as many again may do that.
   */
  readonly whenFull?: WhenFull | undefined;
  /** Most commands that wait for their outcome; one more is refused. Default 65,536. */
  readonly maxOutstanding?: number | undefined;
}

const connectOptions: OptionTable<ConnectSettings> = {
  whenFull: whenFullOption,
  maxOutstanding: wholeOption(65_536, 1, 2 ** 24),
};

interface ConnectSettings {
  readonly whenFull: WhenFull;
  readonly maxOutstanding: number;
}

/** @throws {ConfigError} when an option is not one it can be */
export const connectSettings = (options: ConnectOptions): ConnectSettings =>
  readOptions(connectOptions, options, 'options');

/** The terms of a connection. */
export interface ConnectionTerms {
  readonly whenFull: WhenFull;
  readonly maxBatchChanges: number;
  /** Called when the connection was closed and nothing waits any longer. */
  readonly hangUp: () => void;
}

/** @throws {PeerUpdateError} for a function */
function crossing(patch: unknown): OwnPatch {
  if (typeof patch !== 'function') return ownPatch(patch);
  throw new PeerUpdateError(
    'a function cannot cross to where the registry is; give the fields to change, or call this there',
  );
}

/** A patch of when a peer was last seen, with no time in it: the registry puts in the present. */
const seenNow = (() => {
  const { fields, numbers } = ownPatch({ lastSeen: 0 });
  return { fields, numbers: { ...numbers!, values: [NaN] } };
})();
