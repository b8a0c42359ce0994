import type { ModelPort, ObserverProfile } from '@panoptes/testkit';
import type { ModelOptions } from '../model/model-thread.js';

/** The model of a run, with all its observers. */
export interface RunModel extends ModelPort {
  /** Of each observer, in the order they were given in. */
  readonly profiles: readonly ObserverProfile[];
  /** Changes while its observers go on. */
  readonly progress: number;
  /** Ends it. Resolves with whether it has ended. */
  close(): Promise<boolean>;
}

/** Starts a run's model. */
export type StartModel = (options: ModelOptions) => Promise<RunModel>;
