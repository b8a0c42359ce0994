import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, fileBeside, messageOf } from '@panoptes/core';
import { OutputLock } from '@panoptes/testkit';
import { realPathOf, statsAt } from '@panoptes/testkit/model';
import type { ObserverPort, ObserverRegistration } from '../driver/registry-port.js';
import { eventsName } from '../observers/own-names.js';
import { checkOverwritable } from '../output/overwritable.js';
import type { EventFileOptions, EventFileOutcome } from './event-file.js';
import { eventFormatOf } from './event-format.js';

/**
 * A run's events in a file for other tools. They are written by an observer of their own, under the
 * name `<file>.partial`, which the file loses when the run has come to its end and all of it is there.
 */
export class EventOutput {
  #outcome: EventFileOutcome | undefined;

  private constructor(
    private readonly target: string,
    private readonly options: EventFileOptions,
    private readonly lock: OutputLock,
  ) {}

  /**
   * @param file - `.ndjson`, `.csv` or `.parquet`
   * @throws {ConfigError} when it has another ending, cannot be written, or another command writes it
   */
  static begin(file: string): EventOutput {
    const format = eventFormatOf("option 'events'", file);
    let lock: OutputLock | undefined;
    try {
      const target = targetOf(resolve(file));
      lock = OutputLock.ofFile(target, what);
      const options = { file: `${target}.partial`, format };
      checkOverwritable(target);
      // What stands there may be a pipe, or lead to somebody else's file.
      rmSync(options.file, { force: true });
      closeSync(openSync(options.file, 'wx'));
      return new EventOutput(target, options, lock);
    } catch (cause) {
      lock?.release();
      if (cause instanceof ConfigError) throw cause;
      throw new ConfigError(`${what} ${file} cannot be written: ${messageOf(cause)}`, { cause });
    }
  }

  /** How its observer is registered: the registry waits for it, so that nothing is left out. */
  get registration(): ObserverRegistration {
    const { options } = this;
    return {
      ...{ module, name: eventsName, options },
      ...({ onLag: 'block', host: 'thread', memoryLimitMb: mostMemoryMb } as const),
    };
  }

  /**
   * Ends the file. To be called when its observer has seen everything.
   *
   * @param lastSeq - the last transaction that is to be in it
   */
  async close(observer: Pick<ObserverPort, 'ask'>, lastSeq: number): Promise<void> {
    try {
      this.#outcome = (await observer.ask('close', [lastSeq])) as EventFileOutcome;
    } catch (error) {
      this.#outcome = { rows: 0, problem: messageOf(error) };
    }
  }

  /**
   * Ends the file of a run that was cut short, as far as its observer has come: what is there can be
   * read, and stands under its other name.
   */
  async cut(observer: Pick<ObserverPort, 'ask'>): Promise<void> {
    // One that does not answer writes its end when it is stopped, if it can.
    await observer.ask('close', []).catch(() => undefined);
  }

  /**
   * Gives the file its name, if it is whole. To be called when all observers have been stopped.
   *
   * @returns what keeps it from being whole, if that is not the run's own end
   */
  end(): string | undefined {
    let problem = this.#outcome?.problem;
    if (this.#outcome !== undefined && problem === undefined) {
      try {
        renameSync(this.options.file, this.target);
      } catch (error) {
        problem = messageOf(error);
      }
    }
    this.lock.release();
    if (problem === undefined) return undefined;
    return `${what} ${this.target} could not be written to its end (${problem}); what there is stands in ${this.options.file}`;
  }
}

/** What its observer may use: a group of rows is held, and held again as bytes. */
const mostMemoryMb = 512;
const what = 'the file of events';
const module = fileBeside(import.meta.url, '../observers/event-observer.js');

/** Where a file really is. What is no file cannot take another's place in the end. */
function targetOf(path: string): string {
  const target = realPathOf(path);
  if (statsAt(target)?.isFile() !== false) return target;
  throw new ConfigError(`option 'events': expected a file, got ${path}, which is none`);
}
