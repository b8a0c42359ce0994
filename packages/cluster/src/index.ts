export type { StreamServerOptions, StreamTlsOptions } from './stream-server-options.js';
export { streamSource } from './stream-source.js';
export { type StreamStoreOptions, streamStore } from './stream-store.js';
export { WorkError, type WorkErrorCode } from './work-error.js';
export type {
  OfferedFile,
  OfferedTask,
  WorkOffer,
  WorkOfferOptions,
  WorkResult,
} from './work-offer.js';
export { type WorkServer, type WorkServerOptions, connectWork } from './work-server.js';
export type { TakenTask } from './taken-task.js';
export type { WorkShare } from './work-share.js';
export {
  type StreamPrimary,
  type StreamState,
  type StreamWatch,
  watchStream,
} from './watch-stream.js';
export type { ClusterMember } from './member/cluster-member.js';
export { createMember } from './member/create-member.js';
export type { MemberRole, MemberState, PrimaryPlace } from './member/member-state.js';
export type { CreateMemberOptions } from './member/member-options.js';
