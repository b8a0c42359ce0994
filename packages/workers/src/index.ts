export { type BuiltInObservers, builtIn, builtInMetrics, builtInNames } from './built-in.js';
export {
  type ConnectOptions,
  type ConnectedPeers,
  type RegistryConnection,
  connectRegistry,
} from './caller.js';
export type { CreateRegistryOptions } from './create-registry-options.js';
export type { CreateReplicaOptions } from './create-replica-options.js';
export type { CommandForward } from './forwarding-registry.js';
export { PeerReplica, type ReplicaParts, createReplica } from './peer-replica.js';
export { type HostName, hostNames } from './host/hosts.js';
export { moduleUrl } from './module-url.js';
export {
  type ObserverModule,
  type ObserverRegistration,
  readRegistration,
} from './observer-registration.js';
export * from './observer.js';
export { copyOptions } from './option-copy.js';
export type { KademliaOptions } from './observers/kademlia/kademlia-options.js';
export type { MeshOptions } from './observers/mesh/mesh-observer.js';
export type { ValidatorOptions } from './observers/validators/validator-options.js';
export { PeerRegistry, type SettleOptions, createRegistry } from './panoptes.js';
export {
  type Permissions,
  type ProcessOptions,
  type ProcessTerms,
  processTerms,
} from './process/process-terms.js';
export { differingOption, sameAs } from './process/process-group.js';
export {
  type SandboxSupport,
  type UnheldPermission,
  sandboxSupport,
  unheldPermission,
} from './process/sandbox.js';
export { textLogger } from './text-logger.js';
