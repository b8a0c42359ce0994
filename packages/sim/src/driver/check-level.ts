/**
 * How much of a run is checked. `full`: everything is compared, and the log held to the rules.
 * `digest`: nothing is compared; the digests of the log, of the registry and of every observer are
 * there to be compared with those of another run. `none`: the registry's digest alone.
 */
export type CheckLevel = (typeof checkLevels)[number];

export const checkLevels = Object.freeze(['full', 'digest', 'none'] as const);
