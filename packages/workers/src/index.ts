export type { ObserverRegistration } from './observer-registration.js';
export {
  type CreateRegistryOptions,
  PeerRegistry,
  type SettleOptions,
  createRegistry,
} from './panoptes.js';
export { detachedRegistry, type ObserverRegistry } from './runtime/command-sender.js';
export {
  type AnyObserver,
  defineObserver,
  type ObserverContext,
  type ObserverDefinition,
  type ObserverQuery,
} from './runtime/define-observer.js';
export { accept, type Vote, veto } from './runtime/vote.js';
