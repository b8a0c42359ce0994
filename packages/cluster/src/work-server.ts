import { parseOptions } from '@panoptes/core';
import { z } from 'zod';
import { PatientServer } from './patient-server.js';
import { connectToServers } from './server-connection.js';
import {
  type StreamServerOptions,
  serverOptions,
  serverPlaceOptions,
} from './stream-server-options.js';
import { streamProblem } from './stream-problem.js';
import { allTasks, workOfTasks } from './work-names.js';
import { WorkOffer, type WorkOfferOptions } from './work-offer.js';
import { WorkShare } from './work-share.js';

/** Servers over which work is shared. */
export class WorkServer {
  readonly #server: PatientServer;

  /** Use {@link connectWork}. */
  constructor(server: PatientServer) {
    this.#server = server;
  }

  /**
   * Says from now on when the servers do not answer, and when they do again.
   *
   * @param told - with whether they are away
   */
  onAway(told: (isAway: boolean) => void): void {
    this.#server.onAway = told;
  }

  /** The ids of all work that is offered now. */
  async offered(signal?: AbortSignal): Promise<string[]> {
    const { streams } = this.#server.server.streams;
    const list = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const name of streams.names(allTasks)) names.push(name);
      return names;
    };
    const names = await this.#server.ask('panoptes-work', 'cannot be looked for', list, signal);
    return names.flatMap((name) => workOfTasks(name) ?? []);
  }

  /**
   * Makes work of which nothing is on the servers yet, or goes on with what is there. To be begun next.
   *
   * @param id - of the work: 32 hexadecimal digits
   * @param job - says to workers what the work is
   */
  offer(id: string, job: Uint8Array, options: WorkOfferOptions): WorkOffer {
    return new WorkOffer(this.#server, id, job, options);
  }

  /**
   * Joins in work that is offered.
   *
   * @throws {WorkError} `WORK_GONE` when it is not any more
   */
  join(id: string, signal?: AbortSignal): Promise<WorkShare> {
    return WorkShare.join(this.#server, id, signal);
  }

  /** Ends the connection, after what was sent has left. */
  async close(): Promise<void> {
    const { connection } = this.#server.server;
    await connection.flush().catch(() => undefined);
    await connection.close();
  }
}

/**
 * Connects to servers over which work is shared: who has it offers it, and workers take it, a task at a time.
 * When the servers are gone later, what is asked of them waits until they are back.
 *
 * @param role - what the connection is called at the server
 * @throws {ConfigError} naming the first bad option
 * @throws {StoreError} `STORE_UNAVAILABLE` when there is no such server, or it does not do what is needed
 */
export async function connectWork(options: WorkServerOptions, role: string): Promise<WorkServer> {
  const checked = parseOptions(optionsSchema, options, 'the options of connectWork');
  try {
    const server = await connectToServers(serverOptions(checked), role);
    return new WorkServer(new PatientServer(server));
  } catch (error) {
    throw streamProblem('panoptes-work', 'cannot be reached', error);
  }
}

/** Where the servers are, and what lets this in. */
export type WorkServerOptions = Omit<StreamServerOptions, 'name'>;

const optionsSchema = z.strictObject(serverPlaceOptions);
