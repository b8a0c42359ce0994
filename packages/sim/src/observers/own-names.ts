import { logName } from './log-name.js';

/** The observer that writes the changes into a file. */
export const eventsName = 'the events';

/** Names of the observers that a simulation registers for itself. */
export const ownNames: readonly string[] = Object.freeze([logName, eventsName]);
