import { type Actor, type SnapshotFrom, assign, createActor, fromPromise, setup } from 'xstate';
import type { Clock } from '../clock.js';
import type { MachineInspect } from '../tracing/machine-inspection.js';
import type { FollowEnd } from './host.js';
import { machineTimers } from './machine-timers.js';
import type { ObserverState } from './observer-state.js';

/** An observer's machine, started or not. */
export type ObserverMachine = Actor<typeof observerMachine>;

/** What a machine is at. */
export type ObserverSnapshot = SnapshotFrom<ObserverMachine>;

/**
 * Makes the machine of one observer, which is still to be started.
 *
 * @param inspect - who is told what it does, if somebody is
 */
export const makeObserverMachine = (
  clock: Clock,
  inspect: MachineInspect | undefined,
  work: ObserverWork,
): ObserverMachine =>
  createActor(observerMachine, { clock: machineTimers(clock), input: { work }, ...inspect });

/** What follows the end of an incarnation. */
export type AfterCrash =
  | { readonly kind: 'restart'; readonly delayMs: number }
  | { readonly kind: 'quarantine' }
  | { readonly kind: 'finish' };

/** What the machine drives for one observer. Steps reject when the incarnation has ended. */
export interface ObserverWork {
  /** Makes a new incarnation and sets it up. */
  start(): Promise<void>;
  /** Gives it a snapshot. */
  sync(): Promise<void>;
  /** Lets it follow the log until it is overtaken, has paused, or the log ends. */
  follow(): Promise<FollowEnd>;
  /** Tells it to pause. */
  pause(): void;
  /** It has paused, or is to wait before it follows. */
  rest(): void;
  /** Rejects when the thread of one that has paused ends: no other promise of its is pending. */
  lost(): Promise<never>;
  /** Whether it may follow the log from where it has paused. */
  canGoOn(): boolean;
  /** Ends what is left of a failed incarnation, and decides what comes next. */
  clearAway(error: unknown): Promise<AfterCrash>;
  /** Stops the incarnation, as `stop` does, for the next one to begin. */
  restart(): Promise<void>;
  /** Stops the incarnation, by force if it does not stop in time. */
  stop(): Promise<void>;
}

interface Context {
  readonly work: ObserverWork;
  error: unknown;
  delayMs: number;
  isEvicted: boolean;
  /** Since when its owner wants it to pause, in Unix milliseconds. */
  pausedAt: number | undefined;
  /** How often it was started. */
  starts: number;
  /** Whether it is to be started without a wait, once what has failed is cleared away. */
  isAsked: boolean;
}

/** What the machine reacts to. */
export type ObserverSignal =
  | { type: 'STOP'; isEvicted: boolean }
  | { type: 'REVIVE' }
  /** Its owner wants a new incarnation in the place of this one. */
  | { type: 'RESTART' }
  /** Its owner wants it to pause, or to go on. */
  | { type: 'PAUSE'; at: number }
  | { type: 'RESUME' }
  /** It fell behind by much, or has caught up. */
  | { type: 'LAG' }
  | { type: 'KEPT_UP' }
  /** The incarnation is to be ended by force; it makes no progress, or does harm. */
  | { type: 'CONDEMN'; isStuck: boolean; error: Error };

const parts = setup({
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- this is how XState is told its types
  types: {} as { context: Context; events: ObserverSignal; input: { work: ObserverWork } },
  actors: {
    start: fromPromise<unknown, ObserverWork>(({ input }) => input.start()),
    sync: fromPromise<unknown, ObserverWork>(({ input }) => input.sync()),
    follow: fromPromise<FollowEnd, ObserverWork>(({ input }) => input.follow()),
    lost: fromPromise<never, ObserverWork>(({ input }) => input.lost()),
    clearAway: fromPromise<AfterCrash, { work: ObserverWork; error: unknown }>(({ input }) =>
      input.work.clearAway(input.error),
    ),
    restart: fromPromise<unknown, ObserverWork>(({ input }) => input.restart()),
    stop: fromPromise<unknown, ObserverWork>(({ input }) => input.stop()),
  },
  actions: {
    keepError: assign(({ event }) => ('error' in event ? { error: event.error } : {})),
    keepDelay: assign((_, params: { delayMs: number }) => params),
    countStart: assign(({ context }) => ({ starts: context.starts + 1, isAsked: false })),
    keepAsking: assign({ isAsked: true }),
    keepPause: assign((_, params: { at: number }) => ({ pausedAt: params.at })),
    forgetPause: assign({ pausedAt: undefined }),
    tellToPause: ({ context }) => context.work.pause(),
    rest: ({ context }) => context.work.rest(),
    keepWish: assign((_, params: { isEvicted: boolean }) => params),
  },
  guards: {
    isToPause: ({ context }) => context.pausedAt !== undefined,
    isToGoOn: ({ context }) => context.pausedAt === undefined,
    canGoOn: ({ context }) => context.pausedAt === undefined && context.work.canGoOn(),
  },
  delays: { backoff: ({ context }) => context.delayMs },
});

/** Notes when it was told to pause. */
const keepPause = {
  type: 'keepPause',
  params: ({ event }: { event: { at: number } }) => ({ at: event.at }),
} as const;

/** Ends what is left of an incarnation, and goes where the policy says. */
const clearing = parts.createStateConfig({
  on: { RESTART: { actions: 'keepAsking' } },
  invoke: {
    src: 'clearAway',
    input: ({ context }) => ({ work: context.work, error: context.error }),
    onDone: [
      {
        guard: ({ context, event }) => event.output.kind === 'restart' && context.isAsked,
        target: 'starting',
      },
      {
        guard: ({ event }) => event.output.kind === 'restart',
        target: 'backoff',
        actions: {
          type: 'keepDelay',
          params: ({ event: { output } }) => ({
            delayMs: output.kind === 'restart' ? output.delayMs : 0,
          }),
        },
      },
      { guard: ({ event }) => event.output.kind === 'quarantine', target: 'quarantined' },
      { target: 'stopped' },
    ],
    onError: { target: 'quarantined', actions: 'keepError' },
  },
});

/**
 * One observer through all its incarnations:
 *
 * ```
 *                             ┌─ following ────┐
 *   starting ──► syncing ──►  │ live ⇄ lagging │ ── the log was closed ──► stopping
 *      ▲            ▲         └─┬──────────┬───┘
 *      │            └─lapped────┘          │
 *      │                                   │ failed, or condemned
 *   backoff ◄── crashed, stuck ◄───────────┘ (from starting, syncing and paused too)
 *                  ├────► quarantined ──REVIVE──► starting
 *                  └────► stopped (not to be restarted)
 *
 *   RESTART in starting, syncing, following paused or backoff ─► restarting ─► starting
 *   While PAUSE stands: what has started, synced, lapped or left the log ─► paused
 *   RESUME ─► following, or syncing where there is no going on from its place in the log
 *   STOP in any of them ─► stopping ─► stopped, or evicted
 * ```
 *
 * Every step is a promise that the machine invokes; leaving a state drops its promise, so a late
 * answer of an earlier incarnation is dropped.
 */
const observerMachine = parts.createMachine({
  id: 'observer',
  context: ({ input }) => ({
    work: input.work,
    error: undefined,
    delayMs: 0,
    isEvicted: false,
    pausedAt: undefined,
    starts: 0,
    isAsked: false,
  }),
  initial: 'starting',
  on: {
    STOP: {
      target: '.stopping',
      actions: {
        type: 'keepWish',
        params: ({ event: { isEvicted } }) => ({ isEvicted }),
      },
    },
    RESTART: '.restarting',
    PAUSE: { guard: 'isToGoOn', actions: keepPause },
    RESUME: { actions: 'forgetPause' },
    CONDEMN: [
      { guard: ({ event }) => event.isStuck, target: '.stuck', actions: 'keepError' },
      { target: '.crashed', actions: 'keepError' },
    ],
  },
  states: {
    starting: {
      entry: 'countStart',
      invoke: {
        src: 'start',
        input: ({ context }) => context.work,
        onDone: [{ guard: 'isToPause', target: 'paused' }, { target: 'syncing' }],
        onError: { target: 'crashed', actions: 'keepError' },
      },
    },
    syncing: {
      invoke: {
        src: 'sync',
        input: ({ context }) => context.work,
        onDone: [{ guard: 'isToPause', target: 'paused' }, { target: 'following' }],
        onError: { target: 'crashed', actions: 'keepError' },
      },
    },
    following: {
      initial: 'live',
      invoke: {
        src: 'follow',
        input: ({ context }) => context.work,
        onDone: [
          {
            guard: ({ context, event: { output } }) =>
              output === 'paused' || (output === 'lapped' && context.pausedAt !== undefined),
            target: 'paused',
          },
          { guard: ({ event }) => event.output === 'lapped', target: 'syncing' },
          { target: 'stopping' },
        ],
        onError: { target: 'crashed', actions: 'keepError' },
      },
      on: { PAUSE: { guard: 'isToGoOn', actions: [keepPause, 'tellToPause'] } },
      states: {
        live: { on: { LAG: 'lagging' } },
        lagging: { on: { KEPT_UP: 'live' } },
      },
    },
    paused: {
      entry: 'rest',
      invoke: {
        src: 'lost',
        input: ({ context }) => context.work,
        onError: { target: 'crashed', actions: 'keepError' },
      },
      // Also when it was told to go on before it had paused.
      always: [
        { guard: 'canGoOn', target: 'following' },
        { guard: 'isToGoOn', target: 'syncing' },
      ],
    },
    stuck: clearing,
    crashed: clearing,
    backoff: { after: { backoff: 'starting' } },
    quarantined: { on: { REVIVE: 'starting', RESTART: {} } },
    restarting: {
      // Asked for again, it stops the same incarnation: that is one restart.
      invoke: {
        src: 'restart',
        input: ({ context }) => context.work,
        onDone: 'starting',
        onError: { target: 'crashed', actions: 'keepError' },
      },
    },
    stopping: {
      // It is stopped once: further calls wait for the same end.
      on: { STOP: {}, CONDEMN: {}, RESTART: {} },
      invoke: {
        src: 'stop',
        input: ({ context }) => context.work,
        onDone: [
          { guard: ({ context }) => context.isEvicted, target: 'evicted' },
          { target: 'stopped' },
        ],
        onError: 'stopped',
      },
    },
    stopped: { type: 'final' },
    evicted: { type: 'final' },
  },
});

/** The state that a machine is in. */
export function stateOf({ status, value }: ObserverSnapshot): ObserverState {
  // A machine that has a bug itself stays where it was.
  if (status === 'error') return 'stopped';
  return typeof value === 'string' ? value : value.following;
}
