/*
 * What a caller of the registry needs of this package that is on another thread. It is also in the index;
 * from here it comes without the registry, its machines and its schemas.
 */
export { isA } from './error-of.js';
export * from './errors.js';
export { ConnectionBrokenError, ConnectionClosedError } from './connection-errors.js';
export { type CallerBuffer, isCallerBuffer } from './log/caller-memory.js';
export { createPeer, type PeerEntry, type PeerInput } from './peers/peer-entry.js';
export type { PeerPatch } from './peers/peer-patch.js';
export { BatchUpdate } from './registry/batch-update.js';
export type { BulkResult, Rejection } from './registry/bulk-upsert.js';
export type { CallerEnding } from './registry/caller-ending.js';
export { CallerSender } from './registry/caller-sender.js';
export type { BatchResult, CommandResult } from './registry/commands.js';
export {
  type ConnectOptions,
  type ConnectedPeers,
  RegistryConnection,
  connectSettings,
} from './registry/registry-connection.js';
export type { BulkOptions, UpsertOptions } from './registry/upsert-options.js';
