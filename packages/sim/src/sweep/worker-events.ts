import { formatDuration } from '../time/duration.js';

/** What a worker does, as it tells it. */
export type WorkerEvent =
  | { readonly event: 'started'; readonly worker: string; readonly slots: number }
  | { readonly event: 'joined' | 'left'; readonly sweep: string }
  | { readonly event: 'refused'; readonly sweep: string; readonly reason: string }
  | ({ readonly event: 'took' | 'gave back' | 'dropped' } & NamedRun)
  | ({
      readonly event: 'finished';
      readonly ms: number;
      /** Missing when it failed. */
      readonly verdict?: string | undefined;
      readonly failure?: string | undefined;
    } & NamedRun)
  | { readonly event: 'away' | 'back' }
  | { readonly event: 'ended'; readonly runs: number };

/** Takes what a worker tells. */
export type TellWorker = (event: WorkerEvent) => void;

/** A run of a sweep, by the names of both. */
interface NamedRun {
  readonly sweep: string;
  readonly run: number;
  readonly seed: string;
}

/** What a worker does, for people to read; its texts are printable by then. */
export function workerLine(told: WorkerEvent): string {
  switch (told.event) {
    case 'started':
      return `${told.worker} waits for runs of sweeps, ${told.slots} at a time`;
    case 'joined':
      return `${told.sweep}: takes its runs`;
    case 'left':
      return `${told.sweep}: has no more runs`;
    case 'refused':
      return `${told.sweep}: refused: ${told.reason}`;
    case 'finished': {
      const outcome = told.failure ?? told.verdict ?? '';
      return `${runText(told)} finished in ${formatDuration(told.ms)}: ${outcome}`;
    }
    case 'took':
    case 'gave back':
    case 'dropped':
      return `${runText(told)} ${words[told.event]}`;
    case 'away':
      return 'the servers do not answer; waits for them';
    case 'back':
      return 'the servers are back';
    case 'ended':
      return `ended after ${told.runs} ${told.runs === 1 ? 'run' : 'runs'}`;
  }
}

const words = {
  took: 'begins',
  'gave back': 'is given back',
  dropped: 'was done for nobody: its sweep is gone',
};

const runText = ({ sweep, run, seed }: NamedRun): string => `${sweep}: run ${run} (seed ${seed})`;
