import { entryStamp, peersDigest } from '@panoptes/core';
import {
  type ChurnEvent,
  callText,
  type ModelFinding,
  type ModelAccount,
  type ModelPort,
} from '@panoptes/testkit';
import { ModelError } from '../model/model-error.js';
import { gapDigest } from '../observers/log-name.js';
import { ComparingOracle } from './comparing-oracle.js';
import type { AskedObserver, DigestDesk } from './digest-desk.js';
import type { RegistryPort } from './registry-port.js';

/**
 * Compares a registry and its observers with the model, now and then during a run as well as at its
 * end: at the end of many traces all peers are gone, and all that is empty looks alike.
 */
export class ModelOracle extends ComparingOracle {
  /** @param observers - those to compare, under the names they have in the model */
  constructor(
    registry: RegistryPort,
    digests: DigestDesk,
    private readonly model: ModelPort,
    private readonly observers: readonly AskedObserver[],
  ) {
    super(registry, digests);
  }

  override apply(event: ChurnEvent): Promise<void> | undefined {
    return this.model.apply(event);
  }

  protected override async compare(): Promise<boolean> {
    let account: ModelAccount;
    try {
      account = await this.model.account();
      if (this.registryProblem === undefined) {
        this.noteRegistry(await this.#compareRegistry(account));
      }
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      await this.#compareWithNothing(error);
      return false;
    }
    const { seq, findings } = account;
    await Promise.all(
      this.observers.map((port) => this.#compare(port, findings.get(port.name), seq)),
    );
    return true;
  }

  #compare(port: AskedObserver, expected: ModelFinding | undefined, seq: number): Promise<void> {
    const failure = expected?.failure;
    // What its own code does wrong on the model's side, it does on its own thread, too.
    const own = failure && `${failure.message} (${callText(failure)})`;
    return this.judge(
      port,
      (digest) => {
        if (own !== undefined) return `fails on the model’s side: ${own}`;
        if (digest === gapDigest || digest === expected?.digest) return undefined;
        return `differs from the model at transaction ${seq}`;
      },
      (reason) =>
        `no digest at transaction ${seq}: ${reason}` +
        (own === undefined ? '' : `; fails on the model’s side as well: ${own}`),
      own === undefined,
    );
  }

  /** The model has ended: what was found before stands, and nothing more will be. */
  async #compareWithNothing(error: ModelError): Promise<void> {
    const ended = `the plain model has ended (${error.message})`;
    this.giveUpRegistry(`not compared any more: ${ended}`);
    for (const port of this.observers) {
      const { name } = port;
      const isCulprit = name === error.observer;
      const earlier = this.problemOf(name);
      const problem = earlier ?? (isCulprit ? `ends the plain model: ${error.message}` : ended);
      const digest = await this.digests.of(port).catch(() => null);
      const agrees = this.of(name).agrees === false ? false : null;
      this.note({ name, digest, agrees, problem });
    }
  }

  async #compareRegistry({ seq, peers, sum }: ModelAccount): Promise<string | undefined> {
    const where = `at transaction ${seq}`;
    const { size } = this.registry.peers;
    if (size !== peers) return `expected ${peers} peers ${where}, got ${size}`;
    if (this.registry.digest() === peersDigest(sum)) return undefined;
    const stamps = await this.model.stamps();
    for (const peer of this.registry.peers.all()) {
      const { nodeId } = peer.peerId;
      if (stamps.get(nodeId) !== entryStamp(peer))
        return `peer ${nodeId} differs from the model ${where}`;
    }
    return `peers differ from the model ${where}`;
  }
}
