import { parentPort } from 'node:worker_threads';
import { StoreAnswers } from '@panoptes/core/follower';
import { StreamThread } from './stream-thread.js';
import type { SnapshotWanted } from './thread-messages.js';

const answers = new StoreAnswers(parentPort!);
answers.begin(
  new StreamThread({
    failed: (error) => answers.failed(error),
    wantsSnapshot: (from) => answers.tell({ snapshotFrom: from } satisfies SnapshotWanted),
  }),
);
