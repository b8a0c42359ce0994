import { z } from 'zod';
import { duration, path } from './quantities.js';

/** A recorded trace that is played. */
export const traceSource = z.strictObject({
  trace: path().describe(
    'The trace, as `panoptes replay` takes it, relative to this file; - for standard input.',
  ),
  until: duration().optional().describe('Virtual time after which to stop; its end unless given.'),
});
