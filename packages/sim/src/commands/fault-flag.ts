import { ConfigError, describe } from '@panoptes/core';
import { faultNamed } from '@panoptes/testkit';
import type { Override } from '../scenario/file/scenario-document.js';
import { chaos } from '../scenario/schema/faults.js';
import { parseDuration } from '../time/duration.js';

/**
 * Reads what `--fault` was given, such as `loop`, `loop:mesh`, `exit:mesh@2h` or `chaos@10m`, as one
 * more of the scenario's `faults`.
 *
 * @throws {ConfigError} when it has another form, or there is no such fault
 */
export function parseFault(text: string, earlier: readonly Override[] = []): Override[] {
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
  if (time !== undefined) parseDuration(time, '--fault');
  const when = time === undefined ? {} : { [fault === chaos ? 'every' : 'at']: time };
  const value = { fault, ...(observer !== undefined && { observer }), ...when };
  return [...earlier, { key: 'faults.+', value }];
}

const form = /^([a-z0-9-]+)(?::([a-z0-9-]+))?(?:@(.+))?$/;
