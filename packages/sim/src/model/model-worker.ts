import { parentPort } from 'node:worker_threads';
import { HealthBoard } from '@panoptes/core/observer';
import { contain, loadDefinition } from '@panoptes/workers/contained';
import { messageOf } from '../traces/trace-error.js';
import { CallBoard } from './call-board.js';
import { sourceOf } from './churn-origin.js';
import { ChurnFeed } from './churn-feed.js';
import type { ModelAnswer, ModelRequest, ModelStart, ObserverProfile } from './model-messages.js';
import { type FollowingObserver, PlainModel } from './plain-model.js';

if (parentPort === null) throw new Error('this module is the entry of a worker thread');

/* The model's thread: nothing of a user is loaded before the walls stand. */
parentPort.once('message', (start: ModelStart) => {
  contain(new HealthBoard(), false);
  void serve(start);
});

async function serve({
  port,
  board: memory,
  observers,
  origin,
  epochMs,
}: ModelStart): Promise<void> {
  const answer = port.postMessage.bind(port);
  const board = new CallBoard(memory);
  const followers: FollowingObserver[] = [];
  const profiles: ObserverProfile[] = [];
  for (const [place, { name, module, options }] of observers.entries()) {
    board.enter(place, 'loading');
    try {
      const definition = await loadDefinition(module);
      const { subscribe } = definition;
      followers.push({ name, definition, options });
      profiles.push({
        // What a module written in JavaScript says need not be a text.
        name: definition.name.slice(0, 128),
        ...(subscribe !== undefined && { subscribe }),
      });
    } catch (error) {
      answer({ error: { message: messageOf(error), observer: name } } satisfies ModelAnswer);
      return;
    } finally {
      board.leave();
    }
  }
  const feed = new ChurnFeed(origin === undefined ? undefined : await sourceOf(origin));
  const model = await PlainModel.start(followers, epochMs, board);
  answer({ value: profiles } satisfies ModelAnswer);

  let answered = Promise.resolve();
  port.on('message', (request: ModelRequest) => {
    answered = answered
      .then(() => answerTo(request, model, feed))
      .then(
        (value) => answer({ value } satisfies ModelAnswer),
        (error: unknown) => answer({ error: { message: messageOf(error) } } satisfies ModelAnswer),
      );
  });
}

function answerTo(request: ModelRequest, model: PlainModel, feed: ChurnFeed): Promise<unknown> {
  switch (request.kind) {
    case 'advance':
      return feed.advance(model, request.to, request.changes);
    case 'account':
      return model.account();
    case 'stamps':
      return model.stamps();
  }
}
