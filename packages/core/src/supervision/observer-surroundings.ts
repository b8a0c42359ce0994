import type { Logger } from 'pino';
import type { Chance } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { Electorate } from '../voting/electorate.js';
import type { CommandTarget } from './command-gate.js';
import type { DeadLetters } from './dead-letters.js';
import type { Incarnation, IncarnationSurroundings } from './incarnation.js';
import type { ObserverActor } from './observer-actor.js';
import type { StartGate } from './start-gate.js';

/** What observers live in. */
export interface ObserverSurroundings extends Omit<IncarnationSurroundings, 'startTimeoutMs'> {
  readonly config: RegistryConfig['observers'];
  readonly chance: Chance;
  readonly logger: Logger;
  readonly deadLetters: DeadLetters;
  readonly electorate: Electorate;
  /** Where commands of observers go. */
  readonly commands: CommandTarget;
  /** Called after every change of an observer's state. */
  readonly changed: (actor: ObserverActor) => void;
  /** Aborted when the registry has failed. */
  readonly failure: AbortSignal;
  /** Called when an incarnation was given up whose thread does not end. */
  readonly givenUp: (life: Incarnation) => void;
  /** Lets a few observers start at a time. */
  readonly startGate: StartGate;
}
