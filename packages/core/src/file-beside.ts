import { URL } from 'node:url';

/**
 * The URL of a file beside a module, for a thread to load. What bundlers and test environments find
 * written as `new URL('./x.js', import.meta.url)` they turn into the address of a page, which no
 * thread can load; a call they leave as it is.
 *
 * @param module - `import.meta.url`
 * @param path - from there
 */
export const fileBeside = (module: string, path: string): URL => new URL(path, module);
