import type { Follower, HealthBoard } from '@panoptes/core/observer';
import type { ProposalVoting } from './proposal-voting.js';
import type { ReadWriteLock } from './read-write-lock.js';
import type { RegistryTime } from './registry-time.js';

/**
 * Has an observer vote while it follows. Proposals are looked for first and voted on last: all that was
 * committed before them lies between the two.
 */
export function votingIn(
  proposals: ProposalVoting,
  lock: ReadWriteLock,
  health: HealthBoard,
  time: RegistryTime,
): Omit<Follower, 'take'> {
  let isAsked = false;
  const vote = async (): Promise<void> => {
    isAsked = false;
    health.noteVoting();
    await lock.write(() => proposals.vote());
    time.propose(undefined);
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
