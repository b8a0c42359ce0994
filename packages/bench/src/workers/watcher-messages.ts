/** What a thread is started with that watches a dashboard. */
export interface WatcherWorkerData {
  /** Where the samples come from. */
  readonly url: string;
  readonly token: string;
  /** How many watch. */
  readonly watchers: number;
}

/** What the thread is to do. */
export type WatcherOrder = 'watch' | 'leave';

/** What it says: `watching` once each has had a sample, `left` with how many came in all. */
export type WatcherReport =
  { readonly kind: 'watching' } | { readonly kind: 'left'; readonly samples: number };
