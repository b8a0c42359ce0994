import { systemClock } from '@panoptes/core/observer';
import type { Fault, FaultPlace } from '../fault.js';
import { hangCodes } from './hang-codes.js';

const throwing = (place: FaultPlace, about: string, detectedAs: string): Fault => ({
  family: 'throwing',
  about,
  place,
  detectedAs: [detectedAs],
  strike: fail,
});

function fail(): never {
  throw new Error('an injected fault');
}

/** Handlers and queries that throw or reject, and promises that never settle. */
export const throwingFaults: Readonly<Record<string, Fault>> = {
  'throws-in-setup': throwing('setup', 'throws when it is set up again', 'error'),
  'throws-in-snapshot': throwing('snapshot', 'throws when it reads its next snapshot', 'error'),
  'throws-in-events': throwing('events', 'throws in its handler of events', 'error'),
  'throws-in-query': throwing('query', 'throws in a query', 'QUERY_FAILED'),
  'throws-in-teardown': throwing('teardown', 'throws when it is stopped', 'error'),
  rejects: {
    family: 'throwing',
    about: 'returns a promise from its handler of events that rejects',
    place: 'events',
    detectedAs: ['error'],
    strike: () => Promise.reject(new Error('an injected fault')),
  },
  'rejects-unhandled': {
    family: 'throwing',
    about: 'leaves a rejected promise unhandled',
    place: 'events',
    detectedAs: ['error'],
    strike: () => void Promise.reject(new Error('an injected fault')),
  },
  'throws-later': {
    family: 'throwing',
    about: 'throws in a timer, outside of any handler',
    place: 'events',
    detectedAs: ['error'],
    strike: () => void systemClock.after(0, fail),
  },
  'never-resolves': {
    family: 'throwing',
    about: 'returns a promise from its handler of events that never settles',
    place: 'events',
    detectedAs: hangCodes.waiting,
    strike: () => new Promise(() => undefined),
  },
};
