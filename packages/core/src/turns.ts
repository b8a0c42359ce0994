import { setImmediate } from 'node:timers';

/** Resolves in the next turn of the event loop: messages and timers that are due come before. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Calls `task` in the next turn of the event loop. */
export const inNextTurn = (task: () => void): void => void setImmediate(task);

/** Calls `task` as soon as the code that runs now is done, before anything else has a turn. */
export const inMicrotask = (task: () => void): void => queueMicrotask(task);

/*
 * `setImmediate` is imported, and this is read once, when the module is loaded: tests replace the
 * global functions by fake ones, and a registry must not stand still with them.
 */
const { queueMicrotask } = globalThis;
