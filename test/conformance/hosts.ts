/** Where observers run. Rules that hold for all of them are tested with each, from this list. */
export const hosts = ['thread', 'inline', 'process'] as const;

/** Those on which an observer may end, hang, or keep its own memory without the registry's thread. */
export const isolatedHosts = ['thread', 'process'] as const;

export type Host = (typeof hosts)[number];
