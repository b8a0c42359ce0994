import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { detachedRegistry } from '../runtime/command-sender.js';
import type {
  ObserverContext,
  ObserverDefinition,
  ObserverQuery,
} from '../runtime/define-observer.js';
import { type FeedCommand, Loan, PeerFeed } from './peer-feed.fixture.js';

type Definition<State, Options> = ObserverDefinition<
  State,
  Options,
  Record<string, ObserverQuery<State>>
>;

/** An observer as its host drives it, on this thread, with entries that die after each call. */
export class ObserverIncarnation<State, Options> {
  readonly #definition: Definition<State, Options>;
  readonly #options: Options;
  readonly state: State;
  readonly #incarnation: number;

  private constructor(
    definition: Definition<State, Options>,
    options: Options,
    state: State,
    incarnation: number,
  ) {
    this.#definition = definition;
    this.#options = options;
    this.state = state;
    this.#incarnation = incarnation;
  }

  static async begin<State, Options>(
    definition: Definition<State, Options>,
    options: Options,
    incarnation = 1,
  ): Promise<ObserverIncarnation<State, Options>> {
    const state = await definition.setup(contextOf(definition.name, options, incarnation));
    return new ObserverIncarnation(definition, options, state, incarnation);
  }

  async restart(): Promise<ObserverIncarnation<State, Options>> {
    return ObserverIncarnation.begin(this.#definition, this.#options, this.#incarnation + 1);
  }

  async resync(feed: PeerFeed, order: number): Promise<void> {
    const loan = new Loan();
    const rank = (nodeId: string): number =>
      hash('sha256', `${order} ${nodeId}`, 'buffer').readUInt32LE(0);
    await this.#definition.onSnapshot?.(feed.snapshot(rank, loan), this.state, this.#context());
    loan.end();
  }

  /** Commits the transactions to the feed and delivers them. */
  async follow(feed: PeerFeed, ...transactions: readonly FeedCommand[][]): Promise<void> {
    const loan = new Loan();
    const batch = feed.commit(transactions, loan);
    await this.#definition.onEvents(batch, this.state, this.#context());
    loan.end();
  }

  /** Of an observer that has one at once, as those that come with Panoptes. */
  digest(): string {
    return this.#definition.digest!(this.state) as string;
  }

  #context(): ObserverContext<Options> {
    return contextOf(this.#definition.name, this.#options, this.#incarnation);
  }
}

function contextOf<Options>(
  name: string,
  options: Options,
  incarnation: number,
): ObserverContext<Options> {
  return { name, options, incarnation, registry: detachedRegistry(), now: () => 0 };
}

/** A run of transactions, each of one to four commands, about peers of a small set. */
export const historyOf = (command: fc.Arbitrary<FeedCommand>): fc.Arbitrary<FeedCommand[][]> =>
  fc.array(fc.array(command, { minLength: 1, maxLength: 4 }), { maxLength: 60, size: 'max' });

/**
 * Holds an observer to the rule that its digest follows from the peers there are: whatever the
 * history, one that followed all of it, one that restarted in the middle, one that missed a part
 * and resynced, and one that saw only the end have the same digest.
 */
export async function expectDigestFollowsFromPeers<State, Options>(
  definition: Definition<State, Options>,
  options: Options,
  command: fc.Arbitrary<FeedCommand>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(historyOf(command), fc.nat(), fc.nat(), async (history, at, order) => {
      const middle = at % (history.length + 1);
      const missed = Math.min(history.length, middle + (order % 5));
      const faithful = await ObserverIncarnation.begin(definition, options);
      let restarted = await ObserverIncarnation.begin(definition, options);
      const lapped = await ObserverIncarnation.begin(definition, options);
      const feeds = [new PeerFeed(), new PeerFeed(), new PeerFeed()] as const;
      for (const [index, transaction] of history.entries()) {
        await faithful.follow(feeds[0], transaction);
        if (index === middle) {
          restarted = await restarted.restart();
          await restarted.resync(feeds[1], order);
        }
        await restarted.follow(feeds[1], transaction);
        if (index >= middle && index < missed) {
          feeds[2].commit([transaction]);
        } else {
          if (index === missed) await lapped.resync(feeds[2], order);
          await lapped.follow(feeds[2], transaction);
        }
      }
      if (missed === history.length) await lapped.resync(feeds[2], order);
      const fresh = await ObserverIncarnation.begin(definition, options);
      await fresh.resync(feeds[0], order);
      const expected = fresh.digest();
      expect(faithful.digest()).toBe(expected);
      expect(restarted.digest()).toBe(expected);
      expect(lapped.digest()).toBe(expected);
    }),
    { numRuns: 150 },
  );
}
