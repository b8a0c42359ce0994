import { ObserverCrashedError, PeerValidationError, RegistryOverloadedError } from '../errors.js';
import type { PeerInput } from '../peers/peer-entry.js';
import type { Registry } from '../registry/registry.js';
import type { CommandFigures } from './command-figures.js';

/**
 * Through which the commands of one incarnation reach the registry: so many at a time, none after its
 * end, and each is checked first, for nothing that an observer sends is trusted.
 */
export class CommandGate {
  readonly #target: CommandTarget;
  readonly #limit: number;
  readonly #figures: CommandFigures;
  #waiting = 0;
  #isClosed = false;

  constructor(target: CommandTarget, limit: number, figures: CommandFigures) {
    this.#target = target;
    this.#limit = limit;
    this.#figures = figures;
  }

  /** Most commands that wait for their outcome. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Hands in a command.
   *
   * @param read - reads it, if it is let in
   * @throws {PanoptesError} why it is refused
   */
  async take(read: () => unknown): Promise<unknown> {
    if (this.#isClosed) {
      this.#figures.dropped++;
      throw new ObserverCrashedError('the observer has ended; its command was dropped');
    }
    if (this.#waiting >= this.#limit) {
      this.#figures.refused++;
      throw new RegistryOverloadedError(
        `${this.#waiting} commands of the observer wait already (maxCommands: ${this.#limit}); ` +
          'await earlier ones before sending more',
      );
    }
    this.#waiting++;
    this.#figures.sent++;
    try {
      return await this.#send(read());
    } catch (error) {
      this.#figures.refused++;
      throw error;
    } finally {
      this.#waiting--;
    }
  }

  /** Drops what comes from now on. What has come takes its turn. */
  close(): void {
    this.#isClosed = true;
  }

  #send(message: unknown): Promise<unknown> {
    const { method, args } = (message ?? {}) as Partial<ObserverCommand>;
    const [first, second] = Array.isArray(args) ? (args as unknown[]) : [];
    switch (method) {
      case 'upsert': {
        const { allowIdentityChange } = (second ?? {}) as { allowIdentityChange?: unknown };
        const isAllowed = allowIdentityChange === true;
        return this.#target.upsert(first as PeerInput, { allowIdentityChange: isAllowed });
      }
      case 'remove':
        return this.#target.remove(first as string);
      case 'update':
        return this.#target.update(first as string, fieldsOf(second));
      case 'updateMetrics':
        return this.#target.updateMetrics(first as string, fieldsOf(second));
      case 'updateTrust':
        return this.#target.updateTrust(first as string, second as number);
      case 'touch':
        return this.#target.touch(first as string, second as number | undefined);
      default:
        throw new PeerValidationError('command', 'one that observers may send', method);
    }
  }
}

/** Where commands of observers go. */
export type CommandTarget = Pick<
  Registry,
  'upsert' | 'remove' | 'update' | 'updateMetrics' | 'updateTrust' | 'touch'
>;

/** A command on its way from an observer. */
export interface ObserverCommand {
  readonly method: keyof CommandTarget;
  readonly args: readonly unknown[];
}

/** An object of fields; which ones is for the registry to judge. */
function fieldsOf(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new PeerValidationError('patch', 'an object of fields', value);
}
