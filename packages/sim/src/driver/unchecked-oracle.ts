import { nextTurn } from '@panoptes/core';
import { ComparingOracle } from './comparing-oracle.js';
import type { AskedObserver, DigestDesk } from './digest-desk.js';
import type { OracleVerdict } from './oracle.js';
import type { RegistryPort } from './registry-port.js';

/** Compares nothing; notes at the end what digests there are, for others to compare. */
export class UncheckedOracle extends ComparingOracle {
  #changes = 0;

  /** @param observers - those to ask for their digests */
  constructor(
    registry: RegistryPort,
    digests: DigestDesk,
    private readonly observers: readonly AskedObserver[],
  ) {
    super(registry, digests);
  }

  override apply(): Promise<void> | undefined {
    return ++this.#changes % changesATurn === 0 ? nextTurn() : undefined;
  }

  override async check(isLast: boolean): Promise<void> {
    if (isLast) await super.check(isLast);
  }

  protected override async compare(): Promise<boolean> {
    await Promise.all(
      this.observers.map((port) =>
        this.judge(
          port,
          () => undefined,
          (reason) => `no digest: ${reason}`,
          false,
        ),
      ),
    );
    return false;
  }

  protected override unchecked(name: string): OracleVerdict {
    return { name, digest: null, agrees: null, problem: undefined };
  }
}

/** Changes between two turns of the event loop, in which progress is shown and interrupts are seen. */
const changesATurn = 1_024;
