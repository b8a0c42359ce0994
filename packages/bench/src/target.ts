import type { SuiteName, SystemName } from './bench-document.js';

/** What is to be reached. */
export interface Target {
  readonly suite: SuiteName;
  readonly what: string;
  readonly figure: TargetFigure;
  readonly unit: string;
  readonly aim: 'at least' | 'at most';
  readonly target: number;
  /** What would be better still. */
  readonly stretch: number;
}

/** Where the figure of a target is found. */
export type TargetFigure =
  /** A figure of Panoptes. */
  | { readonly metric: string; readonly observers?: number; readonly peers?: number }
  /** How many times as good Panoptes is as another system. */
  | { readonly metric: string; readonly to: SystemName; readonly observers: number }
  /** How many times a figure of Panoptes grows from one number of observers, or of peers, to another. */
  | {
      readonly metric: string;
      readonly along: 'observers' | 'peers';
      readonly from: number;
      readonly until: number;
    }
  /** How many times a figure of Panoptes another one is, of the same suite and as many peers. */
  | { readonly metric: string; readonly times: string; readonly peers: number };

/** What is to be reached, and what would be better still. */
export type Goal = readonly [target: number, stretch: number];

/** A figure of which more is better. */
export const atLeast = (
  suite: SuiteName,
  what: string,
  figure: TargetFigure,
  unit: string,
  [target, stretch]: Goal,
): Target => ({ suite, what, figure, unit, aim: 'at least', target, stretch });

/** A figure of which less is better. */
export const atMost = (
  ...[suite, what, figure, unit, goal]: Parameters<typeof atLeast>
): Target => ({
  ...atLeast(suite, what, figure, unit, goal),
  aim: 'at most',
});
