import { type RegistryCommands, checkPort } from '@panoptes/core';
import { PeerRegistry } from './panoptes.js';

/** A registry that has others take its commands for as long as it says so. */
export abstract class ForwardingRegistry extends PeerRegistry {
  /** Who takes commands now, if not this registry itself. */
  protected abstract readonly taker: CommandForward | undefined;

  override upsert(...given: Given<'upsert'>): Answer<'upsert'> {
    return this.taker?.upsert(...given) ?? super.upsert(...given);
  }

  override upsertMany(...given: Given<'upsertMany'>): Answer<'upsertMany'> {
    return this.taker?.upsertMany(...given) ?? super.upsertMany(...given);
  }

  override remove(...given: Given<'remove'>): Answer<'remove'> {
    return this.taker?.remove(...given) ?? super.remove(...given);
  }

  override update(...given: Given<'update'>): Answer<'update'> {
    return this.taker?.update(...given) ?? super.update(...given);
  }

  override updateByPublicKey(...given: Given<'updateByPublicKey'>): Answer<'updateByPublicKey'> {
    return this.taker?.updateByPublicKey(...given) ?? super.updateByPublicKey(...given);
  }

  override updateByDid(...given: Given<'updateByDid'>): Answer<'updateByDid'> {
    return this.taker?.updateByDid(...given) ?? super.updateByDid(...given);
  }

  override updateOrInsert(...given: Given<'updateOrInsert'>): Answer<'updateOrInsert'> {
    return this.taker?.updateOrInsert(...given) ?? super.updateOrInsert(...given);
  }

  override updateMetrics(...given: Given<'updateMetrics'>): Answer<'updateMetrics'> {
    return this.taker?.updateMetrics(...given) ?? super.updateMetrics(...given);
  }

  override updateTrust(...given: Given<'updateTrust'>): Answer<'updateTrust'> {
    return this.taker?.updateTrust(...given) ?? super.updateTrust(...given);
  }

  override touch(...given: Given<'touch'>): Answer<'touch'> {
    return this.taker?.touch(...given) ?? super.touch(...given);
  }

  override commitBatch(...given: Given<'commitBatch'>): Answer<'commitBatch'> {
    return this.taker?.commitBatch(...given) ?? super.commitBatch(...given);
  }

  override cleanupExpired(...given: Given<'cleanupExpired'>): Answer<'cleanupExpired'> {
    return this.taker?.cleanupExpired(...given) ?? super.cleanupExpired(...given);
  }
}

/**
 * Copies who takes commands. What it throws at once is an answer, too.
 *
 * @throws {ConfigError} when it does not take them all
 */
export function ownForward(given: CommandForward): CommandForward {
  checkPort('forward', given, commandNames);
  const answers = commandNames.map((name) => {
    const take = given[name].bind(given) as (...args: unknown[]) => Promise<unknown>;
    return [name, async (...args: unknown[]): Promise<unknown> => take(...args)] as const;
  });
  return Object.fromEntries(answers) as unknown as CommandForward;
}

/** Whoever takes commands for another registry: an object with a registry's commands, such as one itself. */
export type CommandForward = Pick<RegistryCommands, CommandName>;

type CommandName = (typeof commandNames)[number];
type Given<Name extends CommandName> = Parameters<RegistryCommands[Name]>;
type Answer<Name extends CommandName> = ReturnType<RegistryCommands[Name]>;

const commandNames = [
  'upsert',
  'upsertMany',
  'remove',
  'update',
  'updateByPublicKey',
  'updateByDid',
  'updateOrInsert',
  'updateMetrics',
  'updateTrust',
  'touch',
  'commitBatch',
  'cleanupExpired',
] as const;
