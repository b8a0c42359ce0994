import { generationKeys } from '../schema/scenario.js';
import type { Finding } from './issue-messages.js';

/** Keys beside a recorded trace that would have no effect: they say what to generate. */
export const clashingKeys = (value: unknown): Finding[] =>
  generationKeys
    .filter((key) => isRecorded(value) && has(value, key))
    .map((key) => ({
      path: [key],
      message: "expected none beside 'source': what is recorded is not generated; leave one out",
    }));

/** Whether what is written as a scenario plays a recorded trace. */
export const isRecorded = (value: unknown): boolean => has(value, 'source');

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);
