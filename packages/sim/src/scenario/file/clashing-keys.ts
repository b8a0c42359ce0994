import { generationKeys } from '../schema/scenario.js';
import type { Finding } from './issue-messages.js';

/** Keys beside others that leave them without a meaning: of two that say the same thing, one is heeded. */
export const clashingKeys = (value: unknown): Finding[] => [
  ...generationKeys
    .filter((key) => isRecorded(value) && has(value, key))
    .map((key) => ({
      path: [key],
      message: "expected none beside 'source': what is recorded is not generated; leave one out",
    })),
  ...observersOf(value).flatMap((entry, at) =>
    has(entry, 'use') && has(entry, 'module')
      ? [
          {
            path: ['observers', at, 'module'],
            message:
              "expected none beside 'use': an observer is a built-in (use) or a file's (module); leave one out",
          },
        ]
      : [],
  ),
];

/** Whether what is written as a scenario plays a recorded trace. */
export const isRecorded = (value: unknown): boolean => has(value, 'source');

function observersOf(value: unknown): readonly unknown[] {
  const observers = has(value, 'observers') ? (value as { observers: unknown }).observers : [];
  return Array.isArray(observers) ? (observers as readonly unknown[]) : [];
}

const has = (value: unknown, key: string): boolean =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key);
