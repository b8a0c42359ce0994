import { resolve } from 'node:path';
import { type Clock, type Subscription, fileBeside, systemClock, tellAll } from '@panoptes/core';
import type { ObserverFacts, RunEnding, RunFacts } from '../checkers/history.js';
import { stampOf } from '../canonical/stamp.js';
import { OutputLock } from './output-lock.js';
import { statsAt } from './path-stats.js';
import { partToGoOnWith } from './recorded-lives.js';
import { RecordingFailure } from './recording-failure.js';
import { noIncarnation, recordedLogVersion } from './recorded-log-layout.js';
import type { RecordedLogHeader } from './recorded-log-header.js';
import {
  continueRecordedLog,
  createRecordedLog,
  endRecordedLog,
  RecordedLogSink,
} from './recorded-log-writer.js';
import { wrappedModule } from '../wrapping/wrapped-module.js';

/** A run that is recorded: each observer records what it sees, from its own thread, in one file. */
export class Recording {
  /** What the run says of its observers, by their places. */
  readonly #remarks = new Map<number, RecordedLogSink>();

  private constructor(
    private readonly file: string,
    private readonly facts: RunFacts,
    private readonly failure: RecordingFailure,
    private readonly lock: OutputLock | undefined,
  ) {}

  /**
   * Begins a recording; what the file held is gone.
   *
   * @throws {ConfigError} when the file cannot be written, or another command that runs writes it
   */
  static begin(file: string, run: RecordedRun): Recording {
    const path = resolve(file);
    const lock = lockOf(path);
    try {
      createRecordedLog(path, headerOf(run));
    } catch (error) {
      lock?.release();
      throw error;
    }
    return Recording.#of(path, run, lock);
  }

  /**
   * Goes on with the recording of the lives before, where the run begins in a later life of its registry
   * and the file holds them; else begins one.
   *
   * @throws {ConfigError} when the file cannot be written, or another command that runs writes it
   */
  static async goOn(
    file: string,
    run: RecordedRun,
    clock: Pick<Clock, 'now'> = systemClock,
  ): Promise<Recording> {
    const path = resolve(file);
    const lock = lockOf(path);
    try {
      const header = headerOf(run);
      const { life } = run.facts;
      const before = life && (await partToGoOnWith(path, header, life));
      if (before === undefined) createRecordedLog(path, header);
      else continueRecordedLog(path, before, life!, clock.now());
    } catch (error) {
      lock?.release();
      throw error;
    }
    return Recording.#of(path, run, lock);
  }

  static #of(path: string, { facts }: RecordedRun, lock: OutputLock | undefined): Recording {
    return new Recording(path, structuredClone(facts), RecordingFailure.share(path), lock);
  }

  /** The module to register instead of an observer's own: the same observer, recorded. */
  moduleOf(name: string, module: URL): URL {
    const settings = { file: this.file, place: `${this.#placeOf(name)}` };
    return wrappedModule(recordingObserver, module, settings);
  }

  /** Says that an observer was given up and is about to be revived; to be called before it is. */
  revive(name: string, clock: Pick<Clock, 'now'> = systemClock): void {
    const observer = this.#placeOf(name);
    const remarks =
      this.#remarks.get(observer) ??
      new RecordedLogSink(this.file, { observer, incarnation: noIncarnation }, clock);
    this.#remarks.set(observer, remarks);
    remarks.take({ kind: 'revival' });
    remarks.flush();
  }

  /**
   * Ends the recording. To be called when all observers have been stopped.
   *
   * @param ending - how the run ended; undefined when it failed, and has no end that could be judged
   * @returns what keeps the recording from being whole, if anything does
   */
  end(ending: RunEnding | undefined, clock: Pick<Clock, 'now'> = systemClock): string | undefined {
    tellAll(this.#remarks.values(), (remarks) => remarks.close());
    try {
      if (ending !== undefined && !this.failure.isThere) {
        endRecordedLog(this.file, ending, clock.now());
      }
    } catch (error) {
      this.failure.note(error);
    }
    RecordingFailure.forget(this.file);
    this.lock?.release();
    if (!this.failure.isThere) return undefined;
    return `the recording ${this.file} could not be written to its end (${this.failure.name})`;
  }

  #placeOf(name: string): number {
    return this.facts.observers.findIndex((facts) => facts.name === name);
  }
}

const recordingObserver = fileBeside(import.meta.url, './recording-observer.js');

/** What a recording says of the run in its header. */
export interface RecordedRun {
  /** Where the changes come from, in words. */
  readonly source: string;
  /** What they follow from, where they follow from a seed. Default null. */
  readonly seed?: string | null;
  /** What the histories will be judged by; see `runLimits`. */
  readonly facts: RunFacts;
}

/** What an observer's module says of itself. */
export interface ObserverProfile {
  /** The name in its definition. */
  readonly name: string;
  readonly subscribe?: Subscription;
}

const headerOf = ({ source, seed = null, facts }: RecordedRun): RecordedLogHeader => ({
  format: 'panoptes.recorded-log',
  version: recordedLogVersion,
  node: process.version,
  ...{ source, seed, facts },
});

const lockOf = (path: string): OutputLock | undefined =>
  mayBeFile(path) ? OutputLock.ofFile(path) : undefined;

/**
 * What is no file, such as a pipe, takes no harm from two who write. What cannot even be looked at is
 * refused with the reason when it is to be written.
 */
function mayBeFile(path: string): boolean {
  try {
    return statsAt(path)?.isFile() ?? true;
  } catch {
    return true;
  }
}

/**
 * What histories of an observer are judged by. Those with the same options are of one kind.
 *
 * @param profile - what its module says of itself
 */
export function observerFacts(
  { name, options }: { readonly name: string; readonly options?: unknown },
  profile: ObserverProfile,
): ObserverFacts {
  const { subscribe } = profile;
  const chosen = options === undefined ? '' : ` ${stampOf(JSON.stringify(options)).toString(16)}`;
  return {
    name,
    kind: `${profile.name}${chosen}`,
    ...(subscribe !== undefined && { filter: subscribe }),
  };
}
