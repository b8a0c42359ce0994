import { ClusterMember } from './cluster-member.js';
import type { CreateMemberOptions } from './member-options.js';

/**
 * Makes a member of a registry that is kept in a stream of NATS JetStream: a replica that becomes the primary by
 * itself when there is none, and brings commands to the primary until then.
 *
 * ```ts
 * const member = await createMember({ servers: 'nats://a:4222', name: 'peers' });
 * const { seq } = await member.upsert(peer);
 * const peers = await member.atLeast(seq);
 * ```
 *
 * The first member begins the stream.
 *
 * @throws {ConfigError} naming the first option that is not one it can be
 * @throws {StoreError | ReplicaError} when the servers cannot be reached, or what is there is no registry
 */
export async function createMember(options: CreateMemberOptions): Promise<ClusterMember> {
  return ClusterMember.join(options);
}
