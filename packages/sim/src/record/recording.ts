import { resolve } from 'node:path';
import { type Clock, fileBeside, tellAll } from '@panoptes/core';
import type { ObserverFacts, RunEnding, RunFacts } from '../checkers/history.js';
import { stampOf } from '../checkers/stamp.js';
import type { LoadedObserver } from '../observers/observer-module.js';
import { noLife, recordedLogVersion } from './recorded-log-layout.js';
import { createRecordedLog, endRecordedLog, RecordedLogTape } from './recorded-log-writer.js';

const recordingObserver = fileBeside(import.meta.url, './recording-observer.js');

/** A run that is recorded: each observer puts down what it sees, from its own thread, in one file. */
export class Recording {
  /** What the run says of its observers, by their places. */
  readonly #remarks = new Map<number, RecordedLogTape>();

  private constructor(
    private readonly file: string,
    private readonly facts: RunFacts,
  ) {}

  /**
   * Begins a recording; what the file held is gone.
   *
   * @throws {ConfigError} when the file cannot be written
   */
  static begin(
    file: string,
    run: { readonly source: string; readonly seed: string | null; readonly facts: RunFacts },
  ): Recording {
    createRecordedLog(file, {
      format: 'panoptes.recorded-log',
      version: recordedLogVersion,
      node: process.version,
      ...run,
    });
    return new Recording(resolve(file), structuredClone(run.facts));
  }

  /** The module to register instead of an observer's own: the same observer, recorded. */
  moduleOf(name: string, module: URL): URL {
    const recorded = new URL(recordingObserver);
    recorded.searchParams.set('module', module.href);
    recorded.searchParams.set('file', this.file);
    recorded.searchParams.set('observer', `${this.#placeOf(name)}`);
    return recorded;
  }

  /** Says that an observer was given up and is about to be revived; to be called before it is. */
  revive(name: string, clock: Pick<Clock, 'now'>): void {
    const observer = this.#placeOf(name);
    const remarks =
      this.#remarks.get(observer) ??
      new RecordedLogTape(this.file, { observer, incarnation: noLife }, clock);
    this.#remarks.set(observer, remarks);
    remarks.take({ kind: 'revival' });
    remarks.flush();
  }

  /** Says how the run ended. To be called when all observers have been stopped. */
  end(ending: RunEnding, clock: Pick<Clock, 'now'>): void {
    tellAll(this.#remarks.values(), (remarks) => remarks.close());
    endRecordedLog(this.file, ending, clock.now());
  }

  #placeOf(name: string): number {
    return this.facts.observers.findIndex((facts) => facts.name === name);
  }
}

/** What histories of an observer are judged by. Those with the same options are of one kind. */
export function factsOf({ name, definition, options }: LoadedObserver): ObserverFacts {
  const { subscribe } = definition;
  const chosen = options === undefined ? '' : ` ${stampOf(JSON.stringify(options)).toString(16)}`;
  return {
    name,
    kind: `${definition.name}${chosen}`,
    ...(subscribe !== undefined && { filter: subscribe }),
  };
}
