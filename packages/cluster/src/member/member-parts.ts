import { randomUUID } from 'node:crypto';
import type { RegistryStore, RunSource } from '@panoptes/core';
import { RunStream } from '../run-stream.js';
import { type ServerConnection, connectToServers } from '../server-connection.js';
import { serverOptions } from '../stream-server-options.js';
import { type StreamNames, streamNames } from '../stream-names.js';
import { streamProblem } from '../stream-problem.js';
import { streamSource } from '../stream-source.js';
import { storeOfStream } from '../stream-store.js';
import { beginStream } from './begin-stream.js';
import type { MemberOptions } from './member-options.js';

/** What a member is made of, beside its replica. */
export interface MemberParts {
  /** An id that no other member has. */
  readonly memberId: string;
  readonly server: ServerConnection;
  readonly names: StreamNames;
  readonly options: MemberOptions;
  /** The stream, as that of a primary. */
  readonly store: RegistryStore;
}

/**
 * Connects to the servers of a member, and sees to it that there is something to follow.
 *
 * @throws {StoreError} when they cannot be reached, or what is there is no registry
 */
export async function joinServers(options: MemberOptions): Promise<MemberParts> {
  const { name, ...place } = options.server;
  const names = streamNames(name);
  const memberId = randomUUID();
  const store = storeOfStream(options.stream, () => memberId);
  let server: ServerConnection | undefined;
  try {
    server = await connectToServers(serverOptions(place), `panoptes member of ${name}`);
    if (options.canLead) await beginStream(new RunStream(server, names), store);
    return { memberId, server, names, options, store };
  } catch (error) {
    await server?.connection.close();
    throw streamProblem(name, 'cannot be joined', error);
  }
}

/** The stream, as that of a replica. */
export const sourceOf = ({ server }: MemberOptions): RunSource => streamSource(server);
