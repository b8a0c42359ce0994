import { checkClock } from '../clock-argument.js';
import { type Clock, systemClock } from '../clock.js';
import { ownRecord } from '../own-record.js';
import { type Inspect, type OwnInspect, ownInspect } from '../tracing/inspect.js';
import type { MachineInspection } from '../tracing/machine-inspection.js';
import { type OwnTracer, type Tracer, ownTracer } from '../tracing/tracer.js';
import type { Tracing } from '../tracing/tracing.js';

/** What a registry is joined to beside its options: whom it asks for the time, and who watches it. */
export interface RegistryPorts extends RegistryClocks {
  /** Is told of a sample of the commands, from their call to their handling. Default: nobody is. */
  readonly tracer?: Tracer | undefined;
  /** Is told what the registry's state machine and those of its observers do. Default: nobody is. */
  readonly inspect?: Inspect | undefined;
}

/** Where a registry gets its time from. */
export interface RegistryClocks {
  /**
   * Time of peers and of events: expiry goes by its date, rate limits by its durations. A simulation
   * passes its own.
   * Default: the machine's.
   */
  readonly clock?: Clock;
}

/** What those who watch are told by. */
export interface RegistryWatchers {
  readonly tracing?: Tracing | undefined;
  readonly inspection?: MachineInspection | undefined;
}

/**
 * Checks them and copies what they have.
 *
 * @throws {ConfigError} naming the first that is not what it should be
 */
export function ownPorts(given: unknown): OwnPorts {
  const { clock = systemClock, tracer, inspect } = ownRecord(given, 'clocks', names);
  checkClock(clock);
  return {
    clock,
    tracer: tracer === undefined ? undefined : ownTracer(tracer),
    inspect: inspect === undefined ? undefined : ownInspect(inspect),
  };
}

interface OwnPorts {
  readonly clock: Clock;
  readonly tracer: OwnTracer | undefined;
  readonly inspect: OwnInspect | undefined;
}

const names: readonly (keyof RegistryPorts)[] = ['clock', 'tracer', 'inspect'];
