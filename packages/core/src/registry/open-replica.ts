import { type RegistryOptions, resolveConfig } from '../config.js';
import { fieldsHash } from '../peers/fields-hash.js';
import { RegistryLife } from './registry-life.js';
import { CheckedSource } from './checked-source.js';
import type { RunSource, SourceSnapshot } from './run-source.js';

/**
 * Asks a source for a state to begin with.
 *
 * @param options - the replica's, which say how long it may take
 * @throws {ConfigError} when an option is not one it can be
 * @throws {ReplicaError} when it gives none; then it was closed
 */
export async function openReplica(
  source: RunSource,
  options: RegistryOptions = {},
): Promise<OpenedReplica> {
  const checked = new CheckedSource(source, resolveConfig(options));
  try {
    const snapshot = await checked.snapshot({ fields: fieldsHash, since: 0 });
    return { source: checked, snapshot, life: new RegistryLife(undefined, snapshot.state) };
  } catch (error) {
    await checked.close().catch(() => undefined);
    throw error;
  }
}

/** What a replica is made of. */
export interface OpenedReplica {
  readonly source: CheckedSource;
  readonly snapshot: SourceSnapshot;
  readonly life: RegistryLife;
}
