import type { Follower, HealthBoard } from '@panoptes/core/observer';
import type { ObserverRuntime } from './observer-runtime.js';
import type { ProposalFeed } from './proposal-feed.js';

/**
 * Has an observer vote while it follows. Proposals are looked for first and voted on last: all that was
 * committed before them lies between the two.
 */
export function votingIn(
  proposals: ProposalFeed,
  runtime: ObserverRuntime,
  health: HealthBoard,
): Omit<Follower, 'take'> {
  let isAsked = false;
  const vote = async (): Promise<void> => {
    isAsked = false;
    health.noteVoting();
    await runtime.vote(proposals.run);
    health.noteVoting();
  };
  return {
    look: () => {
      const found = isAsked ? 'events' : proposals.read();
      isAsked = found === 'events';
      return found === 'lapped' ? found : undefined;
    },
    caughtUp: () => (isAsked ? vote() : undefined),
    park: () => proposals.park(),
  };
}
