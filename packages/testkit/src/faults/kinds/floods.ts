import type { Fault } from '../fault.js';
import { sendUnasked } from '../unasked-messages.js';

/** Enough to stall a receiver that takes all of it for seconds. */
const lines = 50_000;
const messages = 200_000;

const line = 'x'.repeat(200);
/** Neither an answer nor anything else that was asked for. */
const message = { id: 'unknown', text: line };

/** Output and messages by the hundred thousand. */
export const floodFaults: Readonly<Record<string, Fault>> = {
  'flood-output': {
    family: 'flooding',
    about: 'prints 50,000 lines at once',
    place: 'events',
    detectedAs: ['output-lost'],
    strike() {
      for (let count = 0; count < lines; count++) console.log(line);
    },
  },
  'flood-messages': {
    family: 'flooding',
    about: 'posts 200,000 messages at once that were not asked for',
    place: 'events',
    detectedAs: ['messages-dropped'],
    // A pipe has no messages to drop: what is none of the protocol ends the process.
    detectedInProcess: ['protocol'],
    strike() {
      for (let count = 0; count < messages; count++) sendUnasked(message);
    },
  },
};
