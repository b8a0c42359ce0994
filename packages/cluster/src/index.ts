export { type StreamStoreOptions, type StreamTlsOptions, streamStore } from './stream-store.js';
