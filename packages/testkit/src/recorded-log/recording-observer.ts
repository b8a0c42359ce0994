import { systemClock } from '@panoptes/core/observer';
import { wrappedIn } from '../wrapping/wrapped-module.js';
import { RecordedLogSink } from './recorded-log-writer.js';
import { witnessed } from './witnessed.js';

/* What the thread of a recorded observer loads: whom to record, as which of the file's observers. */
const { definition, setting } = await wrappedIn(import.meta.url);
const file = setting('file');
const observer = Number(setting('place'));

export default witnessed(
  definition,
  ({ incarnation }) => new RecordedLogSink(file, { observer, incarnation }, systemClock),
);
