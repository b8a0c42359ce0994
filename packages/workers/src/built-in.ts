import {
  ConfigError,
  describe,
  type MetricFigure,
  ownMetricFigures,
  suggestion,
} from '@panoptes/core';
import type { ObserverModule } from './observer-registration.js';
import { kademliaMetrics } from './observers/kademlia/kademlia-metrics.js';
import type { kademliaObserver } from './observers/kademlia/kademlia-observer.js';
import { meshMetrics } from './observers/mesh/mesh-metrics.js';
import type { meshObserver } from './observers/mesh/mesh-observer.js';
import type { validatorsObserver } from './observers/validators/validators-observer.js';
import { validatorsMetrics } from './observers/validators/validators-metrics.js';
import { packageFile } from './package-file.js';
import type { AnyObserver } from './runtime/define-observer.js';

/**
 * The module of an observer that comes with this package, to be registered. It knows the types of the
 * observer's options and queries.
 *
 * ```ts
 * const kademlia = await registry.registerObserver({ module: builtIn('kademlia'), options: { k: 8 } });
 * await kademlia.query.closest('zoe', 2);
 * ```
 *
 * @param name - `kademlia`, `mesh` or `validators`
 * @throws {ConfigError} when there is none of that name, or its file is not installed
 */
export function builtIn<Name extends keyof BuiltInObservers>(
  name: Name,
): ObserverModule<BuiltInObservers[Name]> {
  if (!builtInNames.includes(name)) {
    throw new ConfigError(
      `expected the name of a built-in observer (${builtInNames.join(', ')}), ` +
        `got ${describe(name)}${suggestion(name, builtInNames)}`,
    );
  }
  const specifier = `@panoptes/workers/observers/${name}`;
  return packageFile(
    `./observers/${name}/index.js`,
    specifier,
    `a program that is bundled makes an entry of it and registers that one's URL`,
  );
}

/** The names of the observers that come with this package. */
export const builtInNames = Object.freeze([
  'kademlia',
  'mesh',
  'validators',
] as const satisfies readonly (keyof BuiltInObservers)[]);

/** The figures of their own that they have, by name. */
export const builtInMetrics: Readonly<Record<keyof BuiltInObservers, readonly MetricFigure[]>> =
  Object.freeze({
    kademlia: figuresOf(kademliaMetrics),
    mesh: figuresOf(meshMetrics),
    validators: figuresOf(validatorsMetrics),
  });

/** The observers that come with this package, by name. Nothing of them is loaded here. */
export interface BuiltInObservers {
  /** A Kademlia routing table; as a critical observer it guards it against floods from one subnet. */
  readonly kademlia: typeof kademliaObserver;
  /** The topology of a mesh network. */
  readonly mesh: typeof meshObserver;
  /** The active validator set; as a critical observer it guards its size. */
  readonly validators: typeof validatorsObserver;
}

function figuresOf(metrics: NonNullable<AnyObserver['metrics']>): readonly MetricFigure[] {
  const described = Object.entries(metrics).map(([id, metric]) => ({ ...metric, id }));
  return ownMetricFigures(described, 'a built-in observer');
}
