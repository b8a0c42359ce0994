import {
  type ChurnEvent,
  withPeer,
  callText,
  type ModelFinding,
  type ModelAccount,
  type ModelPort,
  markOf,
} from '@panoptes/testkit';
import { ModelError } from '../model/model-error.js';
import { gapDigest } from '../observers/log-digest.js';
import { messageOf } from '../traces/trace-error.js';
import type { Oracle, OracleVerdict } from './oracle.js';
import { type ObserverPort, type RegistryPort, patienceMs } from './registry-port.js';

/** Of an observer, what a comparison takes. */
type ComparedObserver = Pick<ObserverPort, 'name' | 'digest'>;

/**
 * Compares a registry and its observers with the model, now and then during a run as well as at its
 * end: at the end of many traces everyone is gone, and all that is empty looks alike.
 */
export class ModelOracle implements Oracle {
  readonly #verdicts = new Map<string, OracleVerdict>();
  #registryProblem: string | undefined;
  #checks = 0;

  /** @param observers - those to compare, under the names they have in the model */
  constructor(
    private readonly registry: RegistryPort,
    private readonly model: ModelPort,
    private readonly observers: readonly ComparedObserver[],
  ) {}

  /** Checks made. */
  get checks(): number {
    return this.#checks;
  }

  /** How the registry's own peers first differed, if they ever did. */
  get registryProblem(): string | undefined {
    return this.#registryProblem;
  }

  /** What is known of an observer after the last check. */
  of(name: string): OracleVerdict {
    const unchecked = { name, digest: null, agrees: false, problem: 'never checked' };
    return this.#verdicts.get(name) ?? unchecked;
  }

  apply(event: ChurnEvent): Promise<void> | undefined {
    return this.model.apply(event);
  }

  /** Waits for all observers and compares. No command may be outstanding. */
  async check(): Promise<void> {
    await this.registry.settled(undefined, { timeoutMs: patienceMs });
    let account: ModelAccount;
    try {
      account = await this.model.account();
      this.#registryProblem ??= await this.#compareRegistry(account);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      await this.#compareWithNothing(error);
      return;
    }
    this.#checks++;
    const { seq, findings } = account;
    const found = this.observers.map((port) => this.#compare(port, findings.get(port.name), seq));
    for (const finding of await Promise.all(found)) this.#verdicts.set(finding.name, finding);
  }

  async #compare(
    port: ComparedObserver,
    expected: ModelFinding | undefined,
    seq: number,
  ): Promise<OracleVerdict> {
    const { name } = port;
    const earlier = this.#verdicts.get(name)?.problem;
    const failure = expected?.failure;
    // What its own code does wrong on the model's side, it does on its own thread, too.
    const own =
      failure && `fails on the model’s side as well: ${failure.message} (${callText(failure)})`;
    let digest: string;
    try {
      digest = await port.digest();
    } catch (error) {
      // One that cannot be asked must not keep the others from being compared.
      const problem = `no digest at transaction ${seq}: ${messageOf(error)}${own ? `; ${own}` : ''}`;
      return { name, digest: null, agrees: false, problem: earlier ?? problem };
    }
    if (failure !== undefined) {
      const problem = `fails on the model’s side: ${failure.message} (${callText(failure)})`;
      return { name, digest, agrees: false, problem: earlier ?? problem };
    }
    if (digest === gapDigest) return { name, digest, agrees: null, problem: earlier };
    const problem =
      earlier ??
      (digest === expected?.digest ? undefined : `differs from the model at transaction ${seq}`);
    return { name, digest, agrees: problem === undefined, problem };
  }

  /** The model has ended: what was found before stands, and nothing more will be. */
  async #compareWithNothing(error: ModelError): Promise<void> {
    const since = `not compared any more: the plain model has ended (${error.message})`;
    this.#registryProblem ??= since;
    for (const port of this.observers) {
      const { name } = port;
      const isCulprit = name === error.observer;
      const earlier = this.#verdicts.get(name)?.problem;
      const problem = earlier ?? (isCulprit ? `ends the plain model: ${error.message}` : since);
      const digest = await port.digest().catch(() => null);
      const agrees = isCulprit || earlier !== undefined ? false : null;
      this.#verdicts.set(name, { name, digest, agrees, problem });
    }
  }

  async #compareRegistry({ seq, peers, sum }: ModelAccount): Promise<string | undefined> {
    const where = `at transaction ${seq}`;
    const { size } = this.registry.peers;
    if (size !== peers) return `expected ${peers} peers ${where}, got ${size}`;
    let own = 0;
    for (const peer of this.registry.peers.allPeers()) own = withPeer(own, markOf(peer).stamp);
    if (own === sum) return undefined;
    const stamps = await this.model.stamps();
    for (const peer of this.registry.peers.allPeers()) {
      const { nodeId } = peer.peerId;
      if (stamps.get(nodeId) !== markOf(peer).stamp) {
        return `peer ${nodeId} differs from the model ${where}`;
      }
    }
    return `peers differ from the model ${where}`;
  }
}
