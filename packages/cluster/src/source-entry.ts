import { parentPort } from 'node:worker_threads';
import { StoreAnswers } from '@panoptes/core/follower';
import { SourceThread } from './source-thread.js';

new StoreAnswers(parentPort!).begin(new SourceThread());
