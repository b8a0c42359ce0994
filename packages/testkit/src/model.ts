/*
 * What the thread of the plain model needs of this package: the model, the changes that it is brought
 * to, and what those who make them read and make up. It is also in the index; from here it comes
 * without the registry and its schemas.
 */
export { CallBoard } from './model/call-board.js';
export {
  type ChurnEvent,
  nodeIdOf,
  type PeerArrives,
  type PeerLeaves,
  type PeerPatched,
} from './model/churn-event.js';
export { type FollowingObserver, PlainModel } from './model/plain-model.js';
export { wantedChanges } from './model/plain-subscription.js';
export { dhtInfoOf, hashOf, identityOf } from './peers/identity.js';
export { type PeerProfile, profileOf } from './peers/peer-profile.js';
export { thousandths } from './peers/thousandths.js';
export {
  howToReadMore,
  pathOf,
  tooMuchInput,
  usualMaxInputBytes,
} from './recorded-log/input-file.js';
export { realPathOf, statsAt } from './recorded-log/path-stats.js';
export type { ObserverProfile } from './recorded-log/recording.js';
