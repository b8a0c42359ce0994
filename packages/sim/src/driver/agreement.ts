import type { ChurnEvent } from '../churn/churn-event.js';
import { canonicalEntry } from '../model/canonical-event.js';
import type { PlainModel } from '../model/plain-model.js';
import { gapDigest } from '../observers/log-digest.js';
import type { Reference } from './reference.js';
import { type ObserverPort, type RegistryPort, patienceMs } from './registry-port.js';

/** Of an observer, what a comparison takes. */
type ComparedObserver = Pick<ObserverPort, 'name' | 'digest'>;

/** What comparing an observer with the model came to, in all checks together. */
export interface Finding {
  readonly name: string;
  /** At the last check; null when it could not be asked. */
  readonly digest: string | null;
  /** Whether its digest was the model's at every check; null when it has none to compare. */
  readonly agrees: boolean | null;
  /** What was wrong first. */
  readonly problem: string | undefined;
}

/**
 * Compares a registry and its observers with the model, now and then during a run as well as at its
 * end: at the end of many traces everyone is gone, and all that is empty looks alike.
 */
export class Agreement implements Reference {
  readonly #findings = new Map<string, Finding>();
  #registryProblem: string | undefined;
  #checks = 0;

  /** @param observers - those to compare, under the names they have in the model */
  constructor(
    private readonly registry: RegistryPort,
    private readonly model: PlainModel,
    private readonly observers: readonly ComparedObserver[],
  ) {}

  get seq(): number {
    return this.model.seq;
  }

  /** Checks made. */
  get checks(): number {
    return this.#checks;
  }

  /** How the registry's own peers first differed, if they ever did. */
  get registryProblem(): string | undefined {
    return this.#registryProblem;
  }

  /** What is known of an observer after the last check. */
  of(name: string): Finding {
    const unchecked = { name, digest: null, agrees: false, problem: 'never checked' };
    return this.#findings.get(name) ?? unchecked;
  }

  apply(event: ChurnEvent): Promise<void> | undefined {
    return this.model.apply(event);
  }

  /** Waits for all observers and compares. No command may be outstanding. */
  async check(): Promise<void> {
    await this.registry.settled(undefined, { timeoutMs: patienceMs });
    this.#checks++;
    this.#registryProblem ??= this.#compareRegistry();
    const expected = await this.model.digests();
    const findings = this.observers.map((port) => this.#compare(port, expected.get(port.name)));
    for (const finding of await Promise.all(findings)) this.#findings.set(finding.name, finding);
  }

  async #compare(port: ComparedObserver, expected: string | undefined): Promise<Finding> {
    const { name } = port;
    const earlier = this.#findings.get(name);
    const where = `at transaction ${this.model.seq}`;
    let digest: string;
    try {
      digest = await port.digest();
    } catch (error) {
      // One that cannot be asked must not keep the others from being compared.
      const message = error instanceof Error ? error.message : String(error);
      const problem = earlier?.problem ?? `no digest ${where}: ${message}`;
      return { name, digest: null, agrees: false, problem };
    }
    if (digest === gapDigest) return { name, digest, agrees: null, problem: earlier?.problem };
    const problem =
      earlier?.problem ?? (digest === expected ? undefined : `differs from the model ${where}`);
    return { name, digest, agrees: problem === undefined, problem };
  }

  #compareRegistry(): string | undefined {
    const where = `at transaction ${this.model.seq}`;
    const { size } = this.registry.peers;
    if (size !== this.model.peers.size) {
      return `expected ${this.model.peers.size} peers ${where}, got ${size}`;
    }
    for (const peer of this.registry.peers.allPeers()) {
      const known = this.model.peers.get(peer.peerId.nodeId);
      if (known === undefined || canonicalEntry(known) !== canonicalEntry(peer)) {
        return `peer ${peer.peerId.nodeId} differs from the model ${where}`;
      }
    }
    return undefined;
  }
}
