/** Largest size of a log's data, in bytes: positions of readers must be told apart in 32 bits. */
export const mostLogBytes = 1024 ** 3;

/** 16 MiB holds some ten thousand changes of a usual entry, about 20 ms of the fastest writer. */
export const defaultLogBytes = 16 * 1024 * 1024;

/** Methods of DIDs that are accepted unless the registry is told otherwise. */
export const defaultDidMethods: readonly string[] = ['zhtp'];

/** V8's own limit for the heap of each thread, in MB. Far above any soft limit: hitting it can end the process. */
export const hardLimitMb = 2_048;

/** How long anything keeps the registry's thread to itself, in milliseconds. */
export const maxTurnMs = 4;
