import { defineObserver, type ObserverContext } from '@panoptes/workers/observer';
import { EventFile, type EventFileOptions } from '../events/event-file.js';
import { eventsName } from './own-names.js';

/** Follows the log and writes every change into a file. */
export default defineObserver({
  name: eventsName,
  setup: ({ options }: ObserverContext<EventFileOptions>) => new EventFile(options),
  onSnapshot({ seq }, file) {
    file.begin(seq);
  },
  onEvents(batch, file) {
    file.take(batch);
  },
  queries: {
    /** Ends the file: everything that is to be in it, up to a transaction where that is given, should have been seen. */
    close: (file, lastSeq?: number) => file.close(lastSeq),
  },
  teardown: (file) => void file.close(),
});
