export type { ObserverModule, ObserverRegistration } from './observer-registration.js';
export * from './observer.js';
export {
  type CreateRegistryOptions,
  PeerRegistry,
  type SettleOptions,
  createRegistry,
} from './panoptes.js';
