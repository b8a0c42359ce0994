import { parentPort } from 'node:worker_threads';
import { StoreAnswers, sentOf } from '@panoptes/core/follower';
import { StreamThread } from './stream-thread.js';
import type { ProblemMet, SnapshotWanted } from './thread-messages.js';

const answers = new StoreAnswers(parentPort!);
answers.begin(
  new StreamThread({
    failed: (error) => answers.failed(error),
    met: (problem) => answers.tell({ problem: sentOf(problem) } satisfies ProblemMet),
    wantsSnapshot: (from) => answers.tell({ snapshotFrom: from } satisfies SnapshotWanted),
  }),
);
