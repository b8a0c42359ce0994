export {
  type CreateRegistryOptions,
  type ObserverRegistration,
  PeerRegistry,
  type SettleOptions,
  createRegistry,
} from './panoptes.js';
export {
  type AnyObserver,
  defineObserver,
  type ObserverContext,
  type ObserverDefinition,
  type ObserverQuery,
} from './runtime/define-observer.js';
