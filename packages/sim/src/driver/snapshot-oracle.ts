import { isDeepStrictEqual } from 'node:util';
import { nextTurn, messageOf } from '@panoptes/core';
import type { ChurnEvent } from '@panoptes/testkit';
import type { PlayedObserver } from '../observers/observer-module.js';
import { ComparingOracle } from './comparing-oracle.js';
import type { ChurnTally } from './churn-tally.js';
import type { DigestDesk } from './digest-desk.js';
import type { ObserverPort, RegistryPort } from './registry-port.js';

/**
 * Compares observers that followed a run with ones that start afresh from a snapshot: both must hold
 * the same view of the same peers. It keeps a count and nothing else, so it serves runs whose peers
 * would not fit into the heap a second time; a change that the table, the log and all observers got
 * wrong in the same way escapes it.
 */
export class SnapshotOracle extends ComparingOracle {
  #changes = 0;

  /**
   * @param observers - those to compare
   * @param log - the one that follows the log: it has a history, and nothing to be compared with
   * @param tally - counts who is online from the changes alone, whatever the registry says
   */
  constructor(
    registry: RegistryPort,
    digests: DigestDesk,
    private readonly observers: readonly {
      readonly played: PlayedObserver;
      readonly port: ObserverPort;
    }[],
    private readonly log: ObserverPort,
    private readonly tally: Pick<ChurnTally, 'online'>,
  ) {
    super(registry, digests);
  }

  override apply(_event: ChurnEvent): Promise<void> | undefined {
    if (++this.#changes % changesATurn !== 0) return undefined;
    return nextTurn();
  }

  protected override async compare(): Promise<boolean> {
    const { size } = this.registry.peers;
    const { online } = this.tally;
    if (size !== online) this.noteRegistry(`expected ${online} peers, got ${size}`);
    await this.#compare(this.log, undefined);
    const started: { readonly like: unknown; readonly afresh: Afresh }[] = [];
    for (const { played, port } of this.observers) {
      const how = termsAfresh(played);
      const like = [played.module.href, played.options, how];
      let known = started.find((one) => isDeepStrictEqual(one.like, like));
      if (known === undefined) {
        known = { like, afresh: await this.#startAfresh(played, how) };
        started.push(known);
      }
      await this.#compare(port, known.afresh);
    }
    return true;
  }

  /** @param expected - undefined for the log's, which has nothing to be compared with */
  #compare(port: ObserverPort, expected: Afresh | undefined): Promise<void> {
    return this.judge(
      port,
      (digest) => differenceOf(digest, expected),
      (reason) => `no digest: ${reason}`,
      expected !== undefined,
    );
  }

  /** One more instance, which has seen a snapshot and nothing else. */
  async #startAfresh(
    { name, module, options }: PlayedObserver,
    how: PlayedObserver['registration'],
  ): Promise<Afresh> {
    let port: ObserverPort | undefined;
    try {
      port = await this.registry.registerObserver({
        onLag: 'block',
        ...how,
        module,
        name: `${name} afresh`,
        options,
      });
      return { digest: await this.digests.of(port) };
    } catch (error) {
      return { failure: messageOf(error) };
    } finally {
      if (port !== undefined) await this.registry.unregisterObserver(port.name);
    }
  }
}

/** What an observer is allowed and limited to holds for one that starts afresh, which has no vote. */
const termsAfresh = ({ registration }: PlayedObserver): PlayedObserver['registration'] => ({
  ...registration,
  role: 'best-effort',
  onVoteFailure: undefined,
  onUnavailable: undefined,
});

/** Changes between two turns of the event loop, in which progress is shown and interrupts are seen. */
const changesATurn = 1_024;

/** The result of an observer that started afresh. */
type Afresh = { readonly digest: string } | { readonly failure: string };

function differenceOf(digest: string, afresh: Afresh | undefined): string | undefined {
  if (afresh === undefined) return undefined;
  if ('failure' in afresh) return `one that started afresh failed: ${afresh.failure}`;
  return digest === afresh.digest ? undefined : 'differs from one that started afresh';
}
