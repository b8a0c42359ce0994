import type { Logger } from 'pino';
import type { Chance } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { StoredObservers } from '../registry/stored-observers.js';
import type { MachineInspection } from '../tracing/machine-inspection.js';
import type { Electorate } from '../voting/electorate.js';
import type { CommandTarget } from './command-gate.js';
import type { IncarnationEndsDeps } from './incarnation-ends.js';
import type { IncarnationDeps } from './incarnation.js';
import type { ObserverCallsDeps } from './observer-calls.js';
import type { ResumePolicy } from './policies/resume-policy.js';
import type { StartGate } from './start-gate.js';

/**
 * What every observer's actor depends on.
 *
 * @typeParam Actor - the actor's own type
 */
export interface ObserverActorDeps<Actor>
  extends IncarnationDeps, IncarnationEndsDeps, ObserverCallsDeps {
  readonly config: IncarnationDeps['config'] & ObserverCallsDeps['config'] & OwnSettings;
  readonly chance: Chance;
  readonly logger: Logger;
  readonly electorate: Electorate;
  /** What is kept for observers with `resume`. */
  readonly stored?: StoredObservers | undefined;
  /** Whether it may go on from that; known from its name's earlier registrations. */
  readonly resumption?: ResumePolicy | undefined;
  /** Who is told what the machines do, if somebody is. */
  readonly inspection?: MachineInspection | undefined;
  /** Where commands of observers go. */
  readonly commands: CommandTarget;
  /** Called after every change of an observer's state. */
  readonly changed: (actor: Actor) => void;
  /** Lets a few observers start at a time. */
  readonly startGate: StartGate;
}

type OwnSettings = Pick<
  RegistryConfig['observers'],
  'maxCommands' | 'maxLines' | 'maxResyncs' | 'outputLinesPerSec' | 'restart' | 'stopTimeoutMs'
>;
