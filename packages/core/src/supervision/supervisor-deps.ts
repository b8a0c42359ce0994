import type { Logger } from 'pino';
import type { Chance, Clock } from '../clock.js';
import type { RegistryConfig } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import type { StoredObservers } from '../registry/stored-observers.js';
import type { MachineInspection } from '../tracing/machine-inspection.js';
import type { Electorate } from '../voting/electorate.js';
import type { CommandTarget } from './command-gate.js';
import type { HostFactory } from './host.js';
import type { SystemLoad } from './system-load.js';

/** What a supervisor depends on. */
export interface SupervisorDeps {
  readonly log: ChangeLog;
  readonly snapshots: SnapshotTaker;
  readonly electorate: Electorate;
  /** What is kept for observers with `resume`; undefined without a store. */
  readonly stored?: StoredObservers | undefined;
  readonly commands: CommandTarget;
  /** Who is told what the observers' machines do, if somebody is. */
  readonly inspection?: MachineInspection | undefined;
  readonly makeHost: HostFactory;
  readonly config: RegistryConfig['observers'];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly system: SystemLoad;
  /** Called when there is a bug in here: nothing that the supervisor says can be trusted any more. */
  readonly failed: (cause: unknown) => void;
  /** Aborted when the registry has failed, also for a bug in here. */
  readonly failure: AbortSignal;
}
