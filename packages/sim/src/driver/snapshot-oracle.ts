import { nextTurn } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { messageOf } from '../traces/trace-error.js';
import { gapDigest } from '../observers/log-digest.js';
import type { PlayedObserver } from '../observers/observer-module.js';
import type { OracleVerdict } from './oracle.js';
import type { Oracle } from './oracle.js';
import { type ObserverPort, type RegistryPort, patienceMs } from './registry-port.js';

/** Changes between two turns of the event loop, in which progress is shown and interrupts are seen. */
const changesATurn = 1_024;

/**
 * Compares observers that followed a run with ones that start afresh from a snapshot: both must hold
 * the same view of the same peers. It keeps a count and nothing else, so it serves runs whose peers
 * would not fit into the heap a second time; a change that the table, the log and all observers got
 * wrong in the same way escapes it.
 */
export class SnapshotOracle implements Oracle {
  readonly #verdicts = new Map<string, OracleVerdict>();
  readonly #online = new Set<string>();
  #registryProblem: string | undefined;
  #checks = 0;
  #changes = 0;

  /**
   * @param observers - those to compare
   * @param log - the one that follows the log: it has a history, and nothing to be compared with
   */
  constructor(
    private readonly registry: RegistryPort,
    private readonly observers: readonly {
      readonly played: PlayedObserver;
      readonly port: ObserverPort;
    }[],
    private readonly log: ObserverPort,
  ) {}

  get checks(): number {
    return this.#checks;
  }

  get registryProblem(): string | undefined {
    return this.#registryProblem;
  }

  of(name: string): OracleVerdict {
    const unchecked = { name, digest: null, agrees: false, problem: 'never checked' };
    return this.#verdicts.get(name) ?? unchecked;
  }

  apply(event: ChurnEvent): Promise<void> | undefined {
    if (event.kind === 'leave') this.#online.delete(event.nodeId);
    else this.#online.add(event.peer.peerId.nodeId);
    if (++this.#changes % changesATurn !== 0) return undefined;
    return nextTurn();
  }

  async check(): Promise<void> {
    await this.registry.settled(undefined, { timeoutMs: patienceMs });
    const { size } = this.registry.peers;
    if (size !== this.#online.size) {
      this.#registryProblem ??= `expected ${this.#online.size} peers, got ${size}`;
    }
    this.#verdicts.set(this.log.name, await this.#compare(this.log, undefined));
    const afresh = new Map<string, Afresh>();
    for (const { played, port } of this.observers) {
      const key = `${played.module.href} ${JSON.stringify(played.options)}`;
      const expected = afresh.get(key) ?? (await this.#startAfresh(played));
      afresh.set(key, expected);
      this.#verdicts.set(port.name, await this.#compare(port, expected));
    }
    this.#checks++;
  }

  /** @param expected - undefined for the log's, which has nothing to be compared with */
  async #compare(port: ObserverPort, expected: Afresh | undefined): Promise<OracleVerdict> {
    const { name } = port;
    const first = this.#verdicts.get(name)?.problem;
    try {
      const digest = await port.digest();
      if (digest === gapDigest) return { name, digest, agrees: null, problem: first };
      const problem = first ?? differenceOf(digest, expected);
      return { name, digest, agrees: problem === undefined, problem };
    } catch (error) {
      const problem = first ?? `no digest: ${messageOf(error)}`;
      return { name, digest: null, agrees: false, problem };
    }
  }

  /** One more instance, which has seen a snapshot and nothing else. */
  async #startAfresh({ name, module, options }: PlayedObserver): Promise<Afresh> {
    let port: ObserverPort | undefined;
    try {
      port = await this.registry.registerObserver({
        module,
        name: `${name} afresh`,
        options,
        onLag: 'block',
      });
      return { digest: await port.digest() };
    } catch (error) {
      return { failure: messageOf(error) };
    } finally {
      if (port !== undefined) await this.registry.unregisterObserver(port.name);
    }
  }
}

/** The result of an observer that started afresh. */
type Afresh = { readonly digest: string } | { readonly failure: string };

function differenceOf(digest: string, afresh: Afresh | undefined): string | undefined {
  if (afresh === undefined) return undefined;
  if ('failure' in afresh) return `one that started afresh failed: ${afresh.failure}`;
  return digest === afresh.digest ? undefined : 'differs from one that started afresh';
}
