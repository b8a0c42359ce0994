export { type LmdbStoreOptions, lmdbStore } from './lmdb-store.js';
export { backupStore, restoreStore } from './store-backup.js';
export { dumpStore } from './store-dump.js';
export { type StoreReport, inspectStore, verifyStore } from './store-report.js';
export type { WriterOwner } from './writer-lock.js';
