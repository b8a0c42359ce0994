import { actOn, messageOf } from '../api/requests.js';
import type { ObserverLine } from '../live/observer-lines.js';

/** What can be done to observers, by what the server calls it; only what it offers is shown. */
export const observerActions: readonly ObserverAction[] = [
  {
    id: 'restart',
    label: 'Restart',
    done: 'Restarted',
    says: 'Each stops, and starts again with a snapshot. What it has not stored is lost.',
    fits: (state) => !gone.has(state) && state !== 'quarantined',
  },
  {
    id: 'pause',
    label: 'Pause',
    done: 'Paused',
    says: 'Each gets no transactions until it is resumed, and falls behind meanwhile.',
    fits: (state) => !gone.has(state) && state !== 'quarantined' && state !== 'paused',
  },
  {
    id: 'resume',
    label: 'Resume',
    done: 'Resumed',
    says: 'Each goes on where it was paused, or with a snapshot.',
    fits: (state) => state === 'paused',
  },
  {
    id: 'revive',
    label: 'Revive',
    done: 'Revived',
    says: 'Each is started again, with none of its restarts counted against it.',
    fits: (state) => state === 'quarantined',
  },
  {
    id: 'evict',
    label: 'Evict',
    done: 'Evicted',
    says: 'Each is stopped and unregistered, for good. Only the program can register it again.',
    isGrave: true,
    fits: (state) => !gone.has(state),
  },
];

/** Something that can be done. */
export interface ObserverAction {
  readonly id: string;
  readonly label: string;
  /** That it was done. */
  readonly done: string;
  /** What it does, in a sentence or two. */
  readonly says: string;
  /** Whether it cannot be undone here. */
  readonly isGrave?: boolean;
  /** Whether it can be done to one in this state. */
  readonly fits: (state: string) => boolean;
}

/**
 * Does it to all of them, a few at a time.
 *
 * @returns what came of it, in words
 */
export async function perform(
  action: ObserverAction,
  lines: readonly ObserverLine[],
): Promise<string> {
  const waiting = [...lines];
  const failures: string[] = [];
  const work = async () => {
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      try {
        await actOn(line.id, action.id);
      } catch (error) {
        failures.push(`${line.name}: ${messageOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: mostAtATime }, work));
  const done = lines.length - failures.length;
  const said = `${action.done} ${done} of ${lines.length}.`;
  return failures.length === 0 ? said : `${said} ${failures.slice(0, mostReported).join('; ')}`;
}

const gone: ReadonlySet<string> = new Set(['stopping', 'stopped', 'evicted']);
const mostAtATime = 4;
const mostReported = 3;
