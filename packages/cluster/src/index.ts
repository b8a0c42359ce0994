export type { StreamServerOptions, StreamTlsOptions } from './stream-server-options.js';
export { streamSource } from './stream-source.js';
export { type StreamStoreOptions, streamStore } from './stream-store.js';
