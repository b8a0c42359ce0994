import { ConfigError, describe } from '@panoptes/core';
import { parseDuration } from '../../time/duration.js';
import { faultNamed } from '../fault-table.js';

/** Random faults on all observers, instead of one on one. */
export const chaos = 'chaos';

/** What `--fault` asks for. */
export interface FaultRequest {
  /** A fault's name, or `chaos`. */
  readonly fault: string;
  /** Which observer; the first unless it is named. */
  readonly observer: string | undefined;
  /** Virtual milliseconds: when, or for chaos the mean time from one fault to the next. */
  readonly timeMs: number | undefined;
}

const form = /^([a-z0-9-]+)(?::([a-z0-9-]+))?(?:@(.+))?$/;

/**
 * Reads what `--fault` was given, such as `loop`, `loop:mesh`, `exit:mesh@2h` or `chaos@10m`.
 *
 * @throws {ConfigError} when it has another form, or there is no such fault
 */
export function parseFaultRequest(text: string): FaultRequest {
  const [, fault, observer, time] = form.exec(text) ?? [];
  if (fault === undefined) {
    throw new ConfigError(
      `--fault: expected a fault, its observer and its time, as in loop, loop:mesh or ` +
        `exit:mesh@2h, got ${describe(text)}`,
    );
  }
  if (fault !== chaos) faultNamed(fault, '--fault');
  else if (observer !== undefined) {
    throw new ConfigError(`--fault: chaos strikes every observer; leave out ':${observer}'`);
  }
  return {
    fault,
    observer,
    timeMs: time === undefined ? undefined : parseDuration(time, '--fault'),
  };
}
