import { systemClock } from '@panoptes/core/observer';
import type { AnyObserver } from '@panoptes/workers/observer';
import { RecordedLogSink } from './recorded-log-writer.js';
import { witnessed } from './witnessed.js';

/*
 * The module of a recorded observer. Which observer that is, and where its history goes, stands in
 * the URL, so that whoever registers it changes nothing else, its options least of all.
 */
const { searchParams } = new URL(import.meta.url);
const { default: definition } = (await import(searchParams.get('module')!)) as {
  default: AnyObserver;
};
const file = searchParams.get('file')!;
const observer = Number(searchParams.get('observer'));

export default witnessed(
  definition,
  ({ incarnation }) => new RecordedLogSink(file, { observer, incarnation }, systemClock),
);
