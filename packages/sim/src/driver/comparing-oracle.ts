import { messageOf } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import { gapDigest } from '../observers/log-name.js';
import type { AskedObserver, DigestDesk } from './digest-desk.js';
import type { Oracle, OracleVerdict } from './oracle.js';
import { patienceMs, type RegistryPort } from './registry-port.js';

/** What all oracles have in common: verdicts over all checks, of which the first problem stands. */
export abstract class ComparingOracle implements Oracle {
  readonly #verdicts = new Map<string, OracleVerdict>();
  #registryProblem: string | undefined;
  #doesRegistryDiffer = false;
  #isRegistryGivenUp = false;
  #checks = 0;

  constructor(
    protected readonly registry: RegistryPort,
    protected readonly digests: DigestDesk,
  ) {}

  get checks(): number {
    return this.#checks;
  }

  get registryAgrees(): boolean | null {
    if (this.#doesRegistryDiffer) return false;
    return this.#isRegistryGivenUp || this.#checks === 0 ? null : true;
  }

  get registryProblem(): string | undefined {
    return this.#registryProblem;
  }

  of(name: string): OracleVerdict {
    return this.#verdicts.get(name) ?? this.unchecked(name);
  }

  abstract apply(event: ChurnEvent): Promise<void> | undefined;

  async check(_isLast: boolean): Promise<void> {
    await this.registry.settled(undefined, { timeoutMs: patienceMs });
    if (await this.compare()) this.#checks++;
  }

  /** The verdict on an observer that no check came to. */
  protected unchecked(name: string): OracleVerdict {
    return { name, digest: null, agrees: null, problem: 'never checked' };
  }

  /** Compares all that has settled. Resolves with whether there was something to compare with. */
  protected abstract compare(): Promise<boolean>;

  /** Notes how the registry's own peers differ, if they do. */
  protected noteRegistry(problem: string | undefined): void {
    this.#registryProblem ??= problem;
    this.#doesRegistryDiffer = this.#registryProblem !== undefined;
  }

  /** Notes why they are not compared any more. */
  protected giveUpRegistry(why: string): void {
    this.#isRegistryGivenUp = true;
    this.#registryProblem ??= why;
  }

  /** What was wrong with an observer first. */
  protected problemOf(name: string): string | undefined {
    return this.#verdicts.get(name)?.problem;
  }

  protected note(verdict: OracleVerdict): void {
    this.#verdicts.set(verdict.name, verdict);
  }

  /**
   * Asks an observer for its digest and notes what is wrong with it. One that cannot be asked does
   * not keep the others from being compared.
   *
   * @param problemWith - what is wrong with a digest, if anything
   * @param unasked - what is wrong when there is none, given why
   * @param isComparable - whether there is a digest to compare it with
   */
  protected async judge(
    port: AskedObserver,
    problemWith: (digest: string) => string | undefined,
    unasked: (reason: string) => string,
    isComparable = true,
  ): Promise<void> {
    const { name } = port;
    const before = this.#verdicts.get(name);
    const first = before?.problem;
    let digest: string;
    try {
      digest = await this.digests.of(port);
    } catch (error) {
      const problem = first ?? unasked(messageOf(error));
      this.note({ name, digest: null, agrees: before?.agrees === false ? false : null, problem });
      return;
    }
    const found = problemWith(digest);
    const problem = first ?? found;
    const isCompared = isComparable || before?.agrees === false;
    const isIncomparable = digest === gapDigest && found === undefined;
    const agrees = isIncomparable || !isCompared ? null : problem === undefined;
    this.note({ name, digest, agrees, problem });
  }
}
