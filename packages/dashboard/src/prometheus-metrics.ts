import { ConfigError, describe, inMicrotask, nextTurn, parseOptions } from '@panoptes/core';
import type { PeerRegistry } from '@panoptes/workers';
import { Registry as PromRegistry } from 'prom-client';
import { z } from 'zod';
import { figureFamilies } from './metrics/figure-families.js';
import type { MetricFamily, Scrape } from './metrics/metric-family.js';
import { ownFamilies } from './metrics/own-families.js';
import { OwnMetrics } from './metrics/own-metrics.js';
import { RegistryLook } from './metrics/registry-look.js';
import { stateFamilies } from './metrics/state-families.js';
import { checkRegistry } from './registry-argument.js';

/**
 * The metrics of a registry and its observers in the text format of Prometheus, for a server of one's own:
 *
 * ```ts
 * const metrics = prometheusMetrics(registry);
 * response.setHeader('content-type', metrics.contentType).end(await metrics.text());
 * ```
 *
 * Nothing is counted for it: it reads what the registry counts anyway, when it is asked. The registry may
 * be closed by then.
 *
 * @throws {ConfigError} when one of the arguments is not one it can be
 */
export function prometheusMetrics(
  registry: PeerRegistry,
  options: MetricsTextOptions = {},
): PrometheusMetrics {
  const register = new PromRegistry();
  registerMetrics(registry, register, options);
  const { contentType } = register;
  return Object.freeze({ contentType, text: () => register.metrics() });
}

/** What `prometheusMetrics` gives. */
export interface PrometheusMetrics {
  /** What an answer says that it is. */
  readonly contentType: string;
  /** All metrics as they are now. Resolves within `metricsTimeoutMs`, whatever observers do. */
  text(): Promise<string>;
}

/**
 * Puts the metrics of a registry into a registry of prom-client, beside those that a program has there.
 *
 * ```ts
 * const unregister = registerMetrics(registry, register);
 * ```
 *
 * @param register - a `Registry` of prom-client 15
 * @returns takes them out again; of them nothing is left there
 * @throws {ConfigError} when one of the arguments is not one it can be, or a name is taken there
 */
export function registerMetrics(
  registry: PeerRegistry,
  register: PromRegisterLike,
  options: MetricsTextOptions = {},
): () => void {
  checkRegistry(registry);
  checkRegister(register);
  const { metricsTimeoutMs } = parseOptions(optionsSchema, options, 'options');
  const scrapes = new Scrapes(registry, metricsTimeoutMs);
  const families = allFamilies.map((family) => new RegisteredFamily(family, scrapes));
  const taken = families.find(({ name }) => register.getSingleMetric(name) !== undefined);
  if (taken !== undefined) {
    throw new ConfigError(
      `register: expected none of Panoptes’ metrics there, but it has ${taken.name}; ` +
        `give each registry of peers a register of its own`,
    );
  }
  const registered: (readonly [string, unknown])[] = families.map((family) => [
    family.name,
    family,
  ]);
  for (const family of families) register.registerMetric(family as never);
  return () => {
    for (const [name, family] of registered) {
      if (register.getSingleMetric(name) === family) register.removeSingleMetric(name);
    }
  };
}

/** As much of prom-client's registry as is used. */
export type PromRegisterLike = Pick<
  PromRegistry,
  'registerMetric' | 'getSingleMetric' | 'removeSingleMetric'
>;

/** How metrics are read. */
export interface MetricsTextOptions {
  /**
   * Milliseconds that observers have to say the figures of their own, from 1 to 60,000. One that does not
   * is without them that time. Default 1,000.
   */
  readonly metricsTimeoutMs?: number | undefined;
}

/** All that there are, in the order of the text. */
export const allFamilies: readonly MetricFamily[] = Object.freeze([
  ...stateFamilies,
  ...figureFamilies,
  ...ownFamilies,
]);

const optionsSchema = z.strictObject({
  metricsTimeoutMs: z.int().min(1).max(60_000).default(1_000),
});

const registerMethods = ['registerMetric', 'getSingleMetric', 'removeSingleMetric'] as const;

function checkRegister(given: unknown): asserts given is PromRegisterLike {
  const register = given as Partial<PromRegisterLike> | null | undefined;
  const isOne = registerMethods.every((name) => typeof register?.[name] === 'function');
  if (isOne) return;
  throw new ConfigError(`register: expected a Registry of prom-client, got ${describe(given)}`);
}

/** The one look at the registry that all families share which are read together. */
class Scrapes {
  readonly #registry: PeerRegistry;
  readonly #own: OwnMetrics;
  #present: Scrape | undefined;
  /** Ends when the family that was read last has had its turn. */
  #last = Promise.resolve();

  constructor(registry: PeerRegistry, timeoutMs: number) {
    this.#registry = registry;
    this.#own = new OwnMetrics(registry, timeoutMs);
  }

  /** To be called in the turn in which it was asked. */
  get present(): Scrape {
    if (this.#present !== undefined) return this.#present;
    const look = new RegistryLook(this.#registry);
    const { observers } = look;
    let own: Scrape['own'] | undefined;
    const readOwn = (): Scrape['own'] => (own ??= this.#own.read(observers));
    this.#present = {
      look,
      get own() {
        return readOwn();
      },
    };
    inMicrotask(() => (this.#present = undefined));
    return this.#present;
  }

  /** Resolves in a turn that no other family has: a thousand observers are a long text. */
  turn(): Promise<void> {
    return (this.#last = this.#last.then(nextTurn));
  }
}

/** A family as prom-client takes it for a metric of its own. */
class RegisteredFamily {
  /** A register for OpenMetrics cuts `_total` off here, and puts it back in the text. */
  name: string;
  readonly help: string;
  readonly type: MetricFamily['type'];
  readonly labelNames: readonly string[];
  readonly aggregator = 'sum';
  readonly #family: MetricFamily;
  readonly #scrapes: Scrapes;

  constructor(family: MetricFamily, scrapes: Scrapes) {
    this.name = family.name;
    this.help = family.help;
    this.type = family.type;
    this.labelNames = family.labels;
    this.#family = family;
    this.#scrapes = scrapes;
  }

  async get(): Promise<object> {
    const { help, type, aggregator } = this;
    const scrape = this.#scrapes.present;
    await this.#scrapes.turn();
    const values = await this.#family.read(scrape);
    return { name: this.name, help, type, aggregator, values };
  }

  /** It has nothing of its own that could be reset. */
  reset(): void {
    // What is counted is the registry's.
  }
}
