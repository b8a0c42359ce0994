/** What an observer is doing. */
export type ObserverState =
  | 'starting'
  | 'syncing'
  | 'live'
  | 'lagging'
  | 'stuck'
  | 'crashed'
  | 'backoff'
  | 'quarantined'
  | 'stopping'
  | 'stopped'
  | 'evicted';

/** States in which there is an incarnation that can be condemned. */
export const runningStates: readonly ObserverState[] = ['starting', 'syncing', 'live', 'lagging'];
/** States from which an observer does not go on by itself. */
export const idleStates: readonly ObserverState[] = [
  'quarantined',
  'stopping',
  'stopped',
  'evicted',
];
