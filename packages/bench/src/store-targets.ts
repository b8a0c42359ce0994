import { type Target, atLeast, atMost } from './target.js';

/** What a store may cost. */
export const storeTargets: readonly Target[] = [
  atLeast(
    'durable',
    '10 observers with a store that is not waited for, against none',
    { metric: 'async', to: 'in-memory', observers: 10 },
    '×',
    [0.85, 0.95],
  ),
  atLeast(
    'durable',
    'on disk before it resolves, many outstanding',
    { metric: 'commit, outstanding', peers: 1_000 },
    'upserts/s',
    [50_000, 100_000],
  ),
  atLeast(
    'durable',
    'on disk before it resolves, one by one, against the disk’s own flushes',
    { metric: 'commit, awaited', to: 'fdatasync', observers: 0 },
    '×',
    [0.25, 0.5],
  ),
  atMost(
    'durable',
    'opening a store of 1,000,000 peers',
    { metric: 'open', peers: 1_000_000 },
    'ms',
    [10_000, 5_000],
  ),
  atMost(
    'durable',
    'resident memory with a store, after all upserts against after a tenth',
    { metric: 'resident growth' },
    '×',
    [1.05, 1.01],
  ),
];
