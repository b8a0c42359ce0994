import { parentPort } from 'node:worker_threads';
import { HealthBoard, messageOf } from '@panoptes/core/observer';
import {
  CallBoard,
  type FollowingObserver,
  PlainModel,
  type ObserverProfile,
} from '@panoptes/testkit/model';
import { contain, keepLastWordsShort } from '@panoptes/workers/contained';
import type { AnyObserver } from '@panoptes/workers/observer';
import { churnAgain } from './churn-origin.js';
import { ChurnFeed } from './churn-feed.js';
import { LoadedDefinitions } from './loaded-definitions.js';
import type { ModelAnswer, ModelRequest, ModelStart } from './model-messages.js';

if (parentPort === null) throw new Error('this module is the entry of a worker thread');

/** Longest name that is told, in characters. */
const mostName = 128;

/* The model's thread: nothing of a user is loaded before the walls stand. */
parentPort.once('message', (start: ModelStart) => {
  // One thread has one wall: those that may start none are refused it on their own threads.
  const ownThreads = start.observers.some((observer) => observer.ownThreads === true);
  contain(new HealthBoard(), ownThreads);
  keepLastWordsShort();
  void serve(start);
});

async function serve(start: ModelStart): Promise<void> {
  const { port } = start;
  // Taken before any code of a user can put something else in its place.
  const answer = port.postMessage.bind(port) as (given: ModelAnswer) => void;
  let begin: (model: RunningModel) => void;
  let answered = new Promise<RunningModel>((resolve) => (begin = resolve));
  port.on('message', (request: ModelRequest) => {
    answered = answered.then(async (running) => {
      await answerTo(request, running).then(
        (value) => answer({ value }),
        (error: unknown) => answer({ error: { message: messageOf(error) } }),
      );
      return running;
    });
  });
  try {
    const running = await run(start);
    answer({ value: running.profiles });
    begin!(running);
  } catch (error) {
    const observer = error instanceof LoadError ? error.observer : undefined;
    answer({ error: { message: messageOf(error), ...(observer !== undefined && { observer }) } });
  }
}

/** The model, what it gets its changes from, and what the observers' modules say of themselves. */
interface RunningModel {
  readonly model: PlainModel;
  readonly feed: ChurnFeed;
  readonly profiles: readonly ObserverProfile[];
}

/** An observer's module cannot be loaded. */
class LoadError extends Error {
  constructor(
    readonly observer: string,
    cause: unknown,
  ) {
    super(messageOf(cause), { cause });
  }
}

async function run({
  board: memory,
  observers,
  origin,
  epochMs,
}: ModelStart): Promise<RunningModel> {
  const board = new CallBoard(memory);
  const followers: FollowingObserver[] = [];
  const profiles: ObserverProfile[] = [];
  const definitions = new LoadedDefinitions();
  for (const [place, { name, module, options }] of observers.entries()) {
    board.enter(place, 'loading');
    try {
      const definition = await definitions.of(module);
      followers.push({ name, definition, options });
      profiles.push(profileOf(definition, name));
    } catch (error) {
      throw new LoadError(name, error);
    } finally {
      board.leave();
    }
  }
  const feed = new ChurnFeed(origin === undefined ? undefined : await churnAgain(origin));
  return { model: await PlainModel.start(followers, epochMs, board), feed, profiles };
}

/** @param name - instead of one that is none: what a module written in JavaScript says may be anything */
function profileOf(definition: AnyObserver, name: string): ObserverProfile {
  const { name: own, subscribe } = definition as Partial<AnyObserver> & { readonly name: unknown };
  return {
    name: typeof own === 'string' && own !== '' ? own.slice(0, mostName) : name,
    ...(subscribe !== undefined && { subscribe }),
  };
}

function answerTo(request: ModelRequest, { model, feed }: RunningModel): Promise<unknown> {
  switch (request.kind) {
    case 'advance':
      return feed.advance(model, request.to, request.changes);
    case 'account':
      return model.account();
    case 'stamps':
      return model.stamps();
  }
}
