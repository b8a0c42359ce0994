import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CommandResult,
  ObserverCommandError,
  type ObserverCommand,
  type PeerEntry,
  type PeerPatch,
  ReentrantCommandError,
  RegistryOverloadedError,
} from '@panoptes/core/observer';
import { unpackError } from './control-errors.js';

/**
 * The registry as an observer may use it, as `ctx.registry`: commands take their turn like anybody's
 * and are voted on like anybody's. `maxCommands` of them may wait for their outcome. One that fails
 * and is not awaited ends nothing.
 *
 * Within `onProposal` every command is refused with `ReentrantCommandError`: the registry waits for
 * the vote, and the command would wait for the registry.
 */
export interface ObserverRegistry {
  upsert(
    peer: PeerEntry,
    options?: { readonly allowIdentityChange?: boolean },
  ): Promise<CommandResult<'added' | 'updated'>>;
  remove(nodeId: string): Promise<CommandResult<'removed'>>;
  update(nodeId: string, patch: PeerPatch): Promise<CommandResult<'updated'>>;
  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>>;
  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>>;
}

/** Brings a command to the registry. Rejects with what it was refused for, in whatever form. */
export type SendCommand = (command: ObserverCommand) => Promise<unknown>;

/** For an observer that is played without a registry, as by a model: every command is refused. */
export const detachedRegistry = (): ObserverRegistry =>
  new CommandSender(() => Promise.reject(new Error('there is no registry here')), 1);

/** True in everything that a call of `onProposal` has begun. */
const voting = new AsyncLocalStorage<true>();

/** Calls a handler in which no command may be sent. */
export const whileVoting = <T>(handler: () => T): T => voting.run(true, handler);

/** Sends the commands of one incarnation. */
export class CommandSender implements ObserverRegistry {
  readonly #send: SendCommand;
  readonly #limit: number;
  #waiting = 0;

  constructor(send: SendCommand, limit: number) {
    this.#send = send;
    this.#limit = limit;
  }

  upsert(
    peer: PeerEntry,
    options?: { readonly allowIdentityChange?: boolean },
  ): Promise<CommandResult<'added' | 'updated'>> {
    return this.#command('upsert', [peer, options]);
  }

  remove(nodeId: string): Promise<CommandResult<'removed'>> {
    return this.#command('remove', [nodeId]);
  }

  update(nodeId: string, patch: PeerPatch): Promise<CommandResult<'updated'>> {
    return this.#command('update', [nodeId, patch]);
  }

  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>> {
    return this.#command('updateMetrics', [nodeId, metrics]);
  }

  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>> {
    return this.#command('updateTrust', [nodeId, trustScore]);
  }

  #command<Result>(method: ObserverCommand['method'], args: readonly unknown[]): Promise<Result> {
    const outcome = this.#outcome<Result>(method, args);
    // Nobody need await it; left alone, a refusal would end the thread.
    outcome.catch(() => undefined);
    return outcome;
  }

  async #outcome<Result>(
    method: ObserverCommand['method'],
    args: readonly unknown[],
  ): Promise<Result> {
    if (voting.getStore() === true) {
      throw new ReentrantCommandError(
        `'${method}' was sent from onProposal: the registry waits for that vote; ` +
          'send it from onEvents, from onAborted or from a timer of your own',
      );
    }
    if (this.#waiting >= this.#limit) {
      throw new RegistryOverloadedError(
        `${this.#waiting} commands of this observer wait already (maxCommands: ${this.#limit}); ` +
          'await earlier ones before sending more',
      );
    }
    this.#waiting++;
    try {
      return (await this.#send({ method, args })) as Result;
    } catch (cause) {
      const error = cause instanceof Error ? cause : unpackError(cause);
      const { remoteCode, code } = error as { remoteCode?: string; code?: string };
      const refusal = remoteCode ?? code ?? 'UNKNOWN';
      throw new ObserverCommandError(`'${method}' was refused: ${error.message}`, refusal, {
        cause: error,
      });
    } finally {
      this.#waiting--;
    }
  }
}
