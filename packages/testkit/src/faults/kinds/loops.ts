import type { Fault } from '../fault.js';
import { hangCodes } from './hang-codes.js';

function loop(): never {
  for (;;);
}

async function loopInMicrotasks(): Promise<never> {
  for (;;) await Promise.resolve();
}

/** Takes 2^60 steps to find that it does not match. */
const catastrophic = /^(?:a+)+$/;

/** Code that keeps its thread busy and never comes back. */
export const loopFaults: Readonly<Record<string, Fault>> = {
  loop: {
    family: 'looping',
    about: 'loops for ever in its handler of events',
    place: 'events',
    detectedAs: hangCodes.looping,
    strike: loop,
  },
  'loop-microtasks': {
    family: 'looping',
    about: 'awaits for ever in microtasks, so that no timer or message has its turn',
    place: 'events',
    detectedAs: hangCodes.looping,
    strike: loopInMicrotasks,
  },
  'loop-regex': {
    family: 'looping',
    about: 'matches a regular expression that backtracks for ages',
    place: 'events',
    detectedAs: hangCodes.looping,
    strike: () => catastrophic.test(`${'a'.repeat(60)}!`),
  },
  'loop-in-query': {
    family: 'looping',
    about: 'loops for ever in a query',
    place: 'query',
    detectedAs: hangCodes.looping,
    strike: loop,
  },
};
