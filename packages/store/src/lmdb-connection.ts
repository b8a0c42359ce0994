import { Worker } from 'node:worker_threads';
import {
  type OpenedSpace,
  SpaceAnswers,
  StoreCaller,
  StoreConnection,
  fileBeside,
  storeErrorOf,
  storeThreadOptions,
} from '@panoptes/core';
import type { BrokenSpace, LmdbCalls, OpenRequest } from './thread-messages.js';

/** A store on disk as the registry's thread has it: everything is done on the store's own. */
export class LmdbConnection extends StoreConnection<OpenRequest> {
  readonly #thread: StoreCaller<LmdbCalls>;
  readonly #spaces = new Map<number, ConnectedSpace>();
  #opened = 0;

  /** @param path - the store's folder */
  constructor(path: string) {
    const thread = new StoreCaller<LmdbCalls>(`store ${path}`, startThread(), (message) => {
      const { space, error } = message as BrokenSpace;
      this.#spaces.get(space)?.broken(storeErrorOf(error));
    });
    super(thread);
    this.#thread = thread;
    void this.failed.then(() => {
      // Its thread may not be there to do so.
      for (const { answers } of this.#spaces.values()) answers.end();
    });
  }

  async space(name: string, format: string, room: number): Promise<OpenedSpace> {
    const space = ++this.#opened;
    let hasBroken!: (error: Error) => void;
    const broken = new Promise<Error>((resolve) => (hasBroken = resolve));
    const { memory, cursor } = await this.#thread.call('openSpace', { space, name, format, room });
    this.#spaces.set(space, { answers: new SpaceAnswers(memory), broken: hasBroken });
    const end = async (isOver: boolean): Promise<void> => {
      // Of a thread that is no more there is nothing to wait for.
      await this.#thread.call('endSpace', space, isOver).catch(() => undefined);
      this.#spaces.delete(space);
    };
    return { memory, cursor, broken, end };
  }
}

/** A space that is open. */
interface ConnectedSpace {
  readonly answers: SpaceAnswers;
  readonly broken: (error: Error) => void;
}

const startThread = (): Worker =>
  new Worker(
    fileBeside(import.meta.url, './thread-entry.js'),
    storeThreadOptions('panoptes:store'),
  );
