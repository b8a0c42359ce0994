/** What an observer is doing, as `ObserverStats.state` says it. */
export const observerStates = Object.freeze([
  'starting',
  'syncing',
  'live',
  'lagging',
  'paused',
  'stuck',
  'crashed',
  'backoff',
  'restarting',
  'quarantined',
  'stopping',
  'stopped',
  'evicted',
] as const);

/** One of them. */
export type ObserverState = (typeof observerStates)[number];

/** States in which there is an incarnation that can be condemned. */
export const runningStates: readonly ObserverState[] = [
  'starting',
  'syncing',
  'live',
  'lagging',
  'paused',
];
/** States from which an observer does not go on by itself. */
export const idleStates: readonly ObserverState[] = [
  'quarantined',
  'stopping',
  'stopped',
  'evicted',
];
