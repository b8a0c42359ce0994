import { parentPort } from 'node:worker_threads';
import { StoreAnswers, sentOf } from '@panoptes/core/follower';
import { StoreThread } from './store-thread.js';
import type { BrokenSpace } from './thread-messages.js';

const answers = new StoreAnswers(parentPort!);
answers.begin(
  new StoreThread({
    failed: (error) => answers.failed(error),
    brokenSpace: (space, error) =>
      answers.tell({ space, error: sentOf(error) } satisfies BrokenSpace),
  }),
);
