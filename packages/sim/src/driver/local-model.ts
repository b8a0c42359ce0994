import { PlainModel } from '@panoptes/testkit';
import { LoadedDefinitions } from '../model/loaded-definitions.js';
import type { ModelOptions } from '../model/model-thread.js';
import type { RunModel } from './run-model.js';

/**
 * The plain model on the thread that runs it, for observers that come with Panoptes and no others: no
 * wall is around them. It costs no thread, which pays where runs are short and every core has one.
 */
export async function startLocalModel({
  observers,
  epochMs,
}: Pick<ModelOptions, 'observers' | 'epochMs'>): Promise<RunModel> {
  const definitions = new LoadedDefinitions();
  const followers = await Promise.all(
    observers.map(async ({ module, ...observer }) => ({
      ...observer,
      definition: await definitions.of(module),
    })),
  );
  const model = await PlainModel.start(followers, epochMs);
  return {
    profiles: followers.map(({ definition: { name, subscribe } }) => ({
      name,
      ...(subscribe !== undefined && { subscribe }),
    })),
    // It goes on before the next question.
    progress: 0,
    apply: (change) => model.apply(change),
    account: () => model.account(),
    stamps: () => model.stamps(),
    close: () => Promise.resolve(true),
  };
}
