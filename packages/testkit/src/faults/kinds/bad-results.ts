import type { Fault } from '../fault.js';
import { sendUnasked } from '../unasked-messages.js';

/** Little on the thread that makes them, since they share their text; 30 MB for who gets a copy. */
const rows = 250_000;
const text = 'x'.repeat(100);

/** What every object would have if a prototype had been reached. */
const pollution = 'pollutedByAnObserver';

const polluted = (): unknown =>
  JSON.parse(
    `{"__proto__": {"${pollution}": true}, "constructor": {"prototype": {"${pollution}": true}}}`,
  );

/** What Comlink would take for calls that set properties of the parent's prototypes. */
const attacks = [
  { id: 'a', type: 'SET', path: ['__proto__', pollution], value: { type: 'RAW', value: true } },
  {
    id: 'b',
    type: 'SET',
    path: ['constructor', 'prototype', pollution],
    value: { type: 'RAW', value: true },
  },
  { id: 'c', type: 'HANDLER', name: 'proxy', value: null },
  { id: 'd', type: 'APPLY', path: ['constructor'], argumentList: [] },
];

/** Answers that cannot be sent, should not be, or attack the main thread. */
export const resultFaults: Readonly<Record<string, Fault>> = {
  'unclonable-result': {
    family: 'answering',
    about: 'answers a query with a function, which cannot be sent',
    place: 'query',
    detectedAs: ['QUERY_FAILED'],
    strike: () => () => undefined,
  },
  'gigantic-result': {
    family: 'answering',
    about: 'answers a query with a list of 250,000 objects',
    place: 'query',
    detectedAs: ['QUERY_FAILED'],
    strike: () => Array.from({ length: rows }, (_, number) => ({ number, text })),
  },
  'prototype-pollution': {
    family: 'answering',
    about: 'sends messages and an answer that are to change the prototypes of the main thread',
    place: 'query',
    detectedAs: ['messages-dropped'],
    detectedInProcess: ['protocol'],
    strike() {
      for (const attack of attacks) sendUnasked(attack);
      return polluted();
    },
  },
};

/** Whether the prototypes of this thread have been reached. */
export const isPolluted = (): boolean => pollution in {};
