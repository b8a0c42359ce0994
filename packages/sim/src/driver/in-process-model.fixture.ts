import { PlainModel } from '@panoptes/testkit';
import type { AnyObserver } from '@panoptes/workers';
import type { StartModel } from './run-model.js';

/** The plain model on the test's own thread, of observers that are there already. */
export const inProcessModel =
  (definitions: ReadonlyMap<string, AnyObserver>): StartModel =>
  async ({ observers, epochMs }) => {
    const followers = observers.map(({ name }) => ({ name, definition: definitions.get(name)! }));
    const model = await PlainModel.start(followers, epochMs);
    return {
      profiles: followers.map(({ definition: { name } }) => ({ name })),
      progress: 0,
      apply: (change) => model.apply(change),
      account: () => model.account(),
      stamps: () => model.stamps(),
      close: () => Promise.resolve(true),
    };
  };
