import type fs from 'node:fs';
import { IsolationError } from '@panoptes/core/observer';

/**
 * The file descriptors that a thread has opened. They are numbers of the whole process: closed by
 * mistake, one of another thread's takes the process down or lets that write into a wrong file.
 */
export class OwnDescriptors {
  readonly #open = new Set<number>();

  /** From now on only what is opened through `files` is closed through it. */
  guard(files: Files): void {
    const { open, openSync, close, closeSync } = files;
    files.openSync = (...args) => this.#note(openSync(...args));
    files.open = ((...args: unknown[]) => {
      const done = args.at(-1);
      if (typeof done === 'function') {
        args[args.length - 1] = (error: Error | null, fd: number) => {
          if (error === null) this.#note(fd);
          (done as (...result: unknown[]) => void)(error, fd);
        };
      }
      (open as (...rest: unknown[]) => void)(...args);
    }) as typeof open;
    files.closeSync = (fd) => {
      this.#release(fd);
      closeSync(fd);
    };
    files.close = ((fd: number, ...done: []) => {
      this.#release(fd);
      close(fd, ...done);
    }) as typeof close;
  }

  #note(fd: number): number {
    this.#open.add(fd);
    return fd;
  }

  /** What is no descriptor at all is for the function itself to refuse. */
  #release(fd: number): void {
    if (this.#open.delete(fd) || !Number.isInteger(fd) || fd < 0) return;
    throw new IsolationError(
      `an observer cannot close descriptor ${fd}: it has not opened it, or closed it already`,
    );
  }
}

/** The functions that are guarded. */
type Files = Pick<typeof fs, 'open' | 'openSync' | 'close' | 'closeSync'>;
