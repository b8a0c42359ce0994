import { assign, fromPromise, setup } from 'xstate';

/** What comes of an incarnation that has ended. */
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
  /** Lets it follow the log until it is overtaken or the log ends. */
  follow(): Promise<'lapped' | 'ended'>;
  /** Ends what is left of a crashed incarnation, and decides what comes next. */
  clearAway(error: unknown): Promise<AfterCrash>;
  /** Ends the incarnation in good order, or by force. */
  stop(): Promise<void>;
}

interface Context {
  readonly work: ObserverWork;
  error: unknown;
  delayMs: number;
}

type ObserverEvent = { type: 'STOP' } | { type: 'REVIVE' };

/**
 * One observer through all its lives:
 *
 * ```
 *   starting ──► syncing ──► live ──┐ the log was closed: ended
 *      ▲            ▲         │ │   └────────────────────────────► finished
 *      │            └─lapped──┘ │
 *   backoff ◄── crashed ◄───────┘ (from starting and syncing too)
 *                  └────► quarantined ──REVIVE──► starting
 *
 *   STOP in any of them ─► stopping ─► finished
 * ```
 *
 * Every step is a promise that the machine invokes; leaving a state drops its promise, so a late
 * answer of an earlier incarnation reaches nobody.
 */
export const observerMachine = setup({
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- this is how XState is told its types
  types: {} as { context: Context; events: ObserverEvent; input: { work: ObserverWork } },
  actors: {
    start: fromPromise<unknown, ObserverWork>(({ input }) => input.start()),
    sync: fromPromise<unknown, ObserverWork>(({ input }) => input.sync()),
    follow: fromPromise<'lapped' | 'ended', ObserverWork>(({ input }) => input.follow()),
    clearAway: fromPromise<AfterCrash, { work: ObserverWork; error: unknown }>(({ input }) =>
      input.work.clearAway(input.error),
    ),
    stop: fromPromise<unknown, ObserverWork>(({ input }) => input.stop()),
  },
  delays: { backoff: ({ context }) => context.delayMs },
}).createMachine({
  id: 'observer',
  context: ({ input }) => ({ work: input.work, error: undefined, delayMs: 0 }),
  initial: 'starting',
  states: {
    starting: {
      on: { STOP: 'stopping' },
      invoke: {
        src: 'start',
        input: ({ context }) => context.work,
        onDone: 'syncing',
        onError: { target: 'crashed', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    syncing: {
      on: { STOP: 'stopping' },
      invoke: {
        src: 'sync',
        input: ({ context }) => context.work,
        onDone: 'live',
        onError: { target: 'crashed', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    live: {
      on: { STOP: 'stopping' },
      invoke: {
        src: 'follow',
        input: ({ context }) => context.work,
        onDone: [
          { guard: ({ event }) => event.output === 'lapped', target: 'syncing' },
          { target: 'stopping' },
        ],
        onError: { target: 'crashed', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    crashed: {
      on: { STOP: 'stopping' },
      invoke: {
        src: 'clearAway',
        input: ({ context }) => ({ work: context.work, error: context.error }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'restart',
            target: 'backoff',
            actions: assign({
              delayMs: ({ event }) => (event.output.kind === 'restart' ? event.output.delayMs : 0),
            }),
          },
          { guard: ({ event }) => event.output.kind === 'quarantine', target: 'quarantined' },
          { target: 'finished' },
        ],
        onError: { target: 'quarantined', actions: assign({ error: ({ event }) => event.error }) },
      },
    },
    backoff: { on: { STOP: 'stopping' }, after: { backoff: 'starting' } },
    quarantined: { on: { STOP: 'stopping', REVIVE: 'starting' } },
    stopping: {
      invoke: {
        src: 'stop',
        input: ({ context }) => context.work,
        onDone: 'finished',
        onError: 'finished',
      },
    },
    finished: { type: 'final' },
  },
});

/** What an observer is doing. */
export type ObserverState =
  'starting' | 'syncing' | 'live' | 'crashed' | 'backoff' | 'quarantined' | 'stopping' | 'finished';
