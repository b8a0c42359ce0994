import { URL } from 'node:url';

/**
 * The URL of a file beside a module, for a thread to load. Bundlers and test environments turn
 * `new URL('./x.js', import.meta.url)` into the address of a page, which no thread can load; a call
 * they leave as it is.
 *
 * @param module - `import.meta.url`
 * @param path - from there
 */
export const fileBeside = (module: string, path: string): URL => new URL(path, module);
