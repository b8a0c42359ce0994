import { ConfigError, ownRecord, parseOptions } from '@panoptes/core';
import type { CreateReplicaOptions } from '@panoptes/workers';
import { z } from 'zod';
import { streamServerOptions } from '../stream-server-options.js';
import { type StreamStoreOptions, streamStoreOptions } from '../stream-store.js';

/**
 * Copies and takes apart what a member is made of.
 *
 * @throws {ConfigError} naming the first bad option of the stream's and the member's; the rest is looked at by
 *   the replica
 */
export function memberOptions(given: CreateMemberOptions): MemberOptions {
  const own: Record<string, unknown> = ownRecord(given, 'options', [...ownNames, ...otherNames]);
  for (const name of ['durability', 'store', 'source', 'forward'] as const) {
    if (own[name] !== undefined) throw new ConfigError(notAMembers[name]);
  }
  const ours = Object.fromEntries(Object.entries(own).filter(([name]) => ownNames.includes(name)));
  const { acknowledge, canLead, forwardTimeoutMs, ...stream } = parseOptions(
    schema,
    ours,
    'the options of createMember',
  );
  const registry = Object.fromEntries(
    Object.entries(own).filter(([name]) => !ownNames.includes(name)),
  );
  const durability = acknowledge === 'stream' ? 'commit' : 'async';
  const server = Object.fromEntries(
    Object.entries(stream).filter(([name]) => name in streamServerOptions),
  ) as unknown as MemberOptions['server'];
  return { stream, server, canLead, forwardTimeoutMs, registry: { ...registry, durability } };
}

/**
 * What `createMember` takes: where the servers are and how the stream is kept, as `streamStore` does; what
 * `createRegistry` takes, but for a store and `durability`; and what is a member's own.
 */
export interface CreateMemberOptions
  extends StreamStoreOptions, Omit<CreateReplicaOptions, 'source' | 'forward' | 'durability'> {
  /**
   * When a command is told that it is committed: when the `stream` has it (default), or as soon as the primary
   * does (`local`), which may be lost with it.
   */
  readonly acknowledge?: 'stream' | 'local' | undefined;
  /** Whether it may become the primary. Default: true. */
  readonly canLead?: boolean | undefined;
  /**
   * How long a command may wait for a primary to be sent to, and then for its answer, in milliseconds.
   * Default: 30,000.
   */
  readonly forwardTimeoutMs?: number | undefined;
}

/** The same, taken apart. */
export interface MemberOptions {
  readonly stream: Omit<z.output<typeof schema>, 'acknowledge' | 'canLead' | 'forwardTimeoutMs'>;
  /** Where that is. */
  readonly server: Pick<MemberOptions['stream'], keyof typeof streamServerOptions>;
  readonly canLead: boolean;
  readonly forwardTimeoutMs: number;
  readonly registry: Omit<CreateReplicaOptions, 'source' | 'forward'>;
}

const schema = z.strictObject({
  ...streamStoreOptions,
  acknowledge: z.enum(['stream', 'local']).default('stream'),
  canLead: z.boolean().default(true),
  forwardTimeoutMs: z.int().min(100).max(3_600_000).default(30_000),
});

const ownNames: readonly string[] = Object.keys(schema.shape);
const otherNames: readonly string[] = ['durability', 'store', 'source', 'forward'];
const notAMembers = {
  durability: `option 'durability': a member says 'acknowledge' ('stream' or 'local')`,
  store: `option 'store': a member's is the stream; leave it out`,
  source: `option 'source': a member's is the stream; leave it out`,
  forward: `option 'forward': a member forwards commands to the primary itself; leave it out`,
} as const;
