import { AsyncLocalStorage } from 'node:async_hooks';
import { types } from 'node:util';
import {
  type CommandResult,
  ObserverCommandError,
  type ObserverCommand,
  type PeerEntry,
  type PeerInput,
  type PeerPatch,
  ReentrantCommandError,
  RegistryOverloadedError,
} from '@panoptes/core/observer';
import { unpackError } from './control-errors.js';
import { settling } from './settling.js';
import { VoterCall } from './voter-call.js';

/** Sends the commands of one incarnation. */
export class CommandSender implements ObserverRegistry {
  readonly #send: SendCommand;
  readonly #limit: number;
  /** The call of a voter's code that the running code belongs to. */
  readonly #calls: AsyncLocalStorage<VoterCall> | undefined;
  #waiting = 0;

  /** @param isVoter - whether it is a critical observer's, whose vote its own commands need */
  constructor(send: SendCommand, limit: number, isVoter = false) {
    this.#send = send;
    this.#limit = limit;
    if (isVoter) this.#calls = new AsyncLocalStorage();
  }

  /** Calls code of the observer, which cannot vote until it has settled. Its result is as `settling` makes it. */
  during<T>(code: () => T | PromiseLike<T>): T | Promise<T> {
    if (this.#calls === undefined) return settling(code());
    const call = new VoterCall();
    const settle = (): void => call.settle();
    let result: T | Promise<T>;
    try {
      result = this.#calls.run(call, () => settling(code()));
    } catch (error) {
      settle();
      throw error;
    }
    if (types.isPromise(result)) void result.then(settle, settle);
    else settle();
    return result;
  }

  upsert(
    peer: PeerInput,
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

  touch(nodeId: string, lastSeen?: number): Promise<CommandResult<'updated'>> {
    return this.#command('touch', lastSeen === undefined ? [nodeId] : [nodeId, lastSeen]);
  }

  #command<Result>(method: ObserverCommand['method'], args: readonly unknown[]): Promise<Result> {
    if (this.#waiting >= this.#limit) {
      const overloaded = new RegistryOverloadedError(
        `${this.#waiting} commands of this observer wait already (maxCommands: ${this.#limit}); ` +
          'await earlier ones before sending more',
      );
      return quietly(Promise.reject(overloaded));
    }
    const call = this.#calls?.getStore();
    if (call === undefined || call.isSettled) return quietly(this.#outcome(method, args));
    let copies: readonly unknown[];
    try {
      // As they are now: it leaves later.
      copies = structuredClone(args);
    } catch (cause) {
      return quietly(Promise.reject(refusalOf(method, cause)));
    }
    this.#waiting++;
    const leaves = (): void => {
      this.#waiting--;
    };
    return call.hold(
      () => {
        leaves();
        return this.#outcome<Result>(method, copies);
      },
      () => {
        leaves();
        return new ReentrantCommandError(
          `'${method}' was waited for by the call that sent it: this observer votes between calls ` +
            'alone, and the command may need its vote; do not wait for it there, or send it from ' +
            'a timer of your own',
        );
      },
    );
  }

  async #outcome<Result>(
    method: ObserverCommand['method'],
    args: readonly unknown[],
  ): Promise<Result> {
    this.#waiting++;
    try {
      return (await this.#send({ method, args })) as Result;
    } catch (cause) {
      throw refusalOf(method, cause);
    } finally {
      this.#waiting--;
    }
  }
}

/**
 * The registry as an observer may use it, as `ctx.registry`: commands take their turn like those of
 * other callers and are voted on like them. `maxCommands` of them may wait for their outcome. One that fails
 * and is not awaited ends nothing.
 *
 * What a critical observer sends from `setup`, a handler or a query leaves when that has settled, for
 * it votes between calls alone and the command may need its vote. One that is waited for before then
 * is refused with `ReentrantCommandError`.
 */
export interface ObserverRegistry {
  upsert(
    peer: PeerInput,
    options?: { readonly allowIdentityChange?: boolean },
  ): Promise<CommandResult<'added' | 'updated'>>;
  remove(nodeId: string): Promise<CommandResult<'removed'>>;
  update(nodeId: string, patch: PeerPatch): Promise<CommandResult<'updated'>>;
  updateMetrics(
    nodeId: string,
    metrics: Partial<PeerEntry['connectionMetrics']>,
  ): Promise<CommandResult<'updated'>>;
  updateTrust(nodeId: string, trustScore: number): Promise<CommandResult<'updated'>>;
  /** @param lastSeen - Unix milliseconds; when the registry takes the command unless given */
  touch(nodeId: string, lastSeen?: number): Promise<CommandResult<'updated'>>;
}

/** Brings a command to the registry. Rejects with what it was refused for, in whatever form. */
export type SendCommand = (command: ObserverCommand) => Promise<unknown>;

/** For an observer that is played without a registry, as by a model: every command is refused. */
export const detachedRegistry = (): ObserverRegistry =>
  new CommandSender(() => Promise.reject(new Error('there is no registry here')), 1);

function refusalOf(method: string, cause: unknown): ObserverCommandError {
  const error = cause instanceof Error ? cause : unpackError(cause);
  const { remoteCode, code } = error as { remoteCode?: string; code?: string };
  const refusal = remoteCode ?? code ?? 'UNKNOWN';
  const message = `'${method}' was refused: ${error.message}`;
  return new ObserverCommandError(message, refusal, { cause: error });
}

/** Awaiting a promise is optional; unhandled, a refusal would end the thread. */
function quietly<T>(outcome: Promise<T>): Promise<T> {
  outcome.catch(() => undefined);
  return outcome;
}
