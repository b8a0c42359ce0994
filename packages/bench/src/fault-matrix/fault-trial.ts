import { ObserverCrashedError, type ObserverHandle, PanoptesError } from '@panoptes/core';
import {
  type Fault,
  type VictimModule,
  expectedCodes,
  forgetOrders,
  isPolluted,
  strike,
  victimModule,
} from '@panoptes/testkit';
import type { Testbed } from './testbed.js';
import type { MatrixOutcome, MatrixRow } from './matrix-document.js';

/** One fault of one observer among nine others that do their work, measured from beside it. */
export class FaultTrial {
  readonly #testbed: Testbed;
  readonly #name: string;
  readonly #fault: Fault;
  /** What the order's own query failed with, if it has. */
  #refusal: string | undefined;
  #detectedAs: string | undefined;

  constructor(testbed: Testbed, name: string, fault: Fault) {
    this.#testbed = testbed;
    this.#name = name;
    this.#fault = fault;
  }

  /** Whether the fault shows when the observer is stopped, and not before. */
  get #isStopping(): boolean {
    return this.#fault.place === 'teardown';
  }

  async run(): Promise<MatrixRow> {
    const { clock, load, registry } = this.#testbed;
    const module = victimModule();
    const victim = await this.#testbed.admit(module);
    const seenBefore = await this.#testbed.testimony();
    const seqBefore = registry.lastSeq;
    load.start();
    // The threads have to come to speed first.
    await this.#testbed.pause(windowMs / 4);
    const before = await this.#throughput(() => this.#testbed.pause(windowMs));

    load.takeLongestStall();
    const start = clock.monotonic();
    let detectMs: number | null = null;
    let recoveredMs: number | null = null;
    const during = await this.#throughput(async () => {
      if (await this.#detect(victim, module)) detectMs = Math.round(clock.monotonic() - start);
      if (await this.#recover(victim)) recoveredMs = Math.round(clock.monotonic() - start);
      await this.#testbed.pause(windowMs - (clock.monotonic() - start));
    });
    const longestStallMs = Math.round(load.takeLongestStall());

    await load.stop();
    const seen = await this.#testbed.testimony();
    const expected = registry.lastSeq - seqBefore;
    const row: MatrixRow = {
      fault: this.#name,
      detectedAs: this.#detectedAs ?? 'nothing',
      detectMs,
      recoveredMs: detectMs === null ? null : recoveredMs,
      outcome: await this.#outcome(victim),
      othersThroughputShare: Math.round((100 * during) / before) / 100,
      eventsLostByOthers: seen.reduce(
        (sum, count, index) => sum + Math.abs(expected - (count - seenBefore[index]!)),
        0,
      ),
      longestStallMs,
      zombies: registry.getObserverStats().supervisor.zombies,
    };
    if (!this.#isStopping) await registry.unregisterObserver(victim.name);
    forgetOrders(module.orders);
    return row;
  }

  /** Transactions that the others handle in a millisecond while something goes on. */
  async #throughput(during: () => Promise<void>): Promise<number> {
    const start = this.#testbed.clock.monotonic();
    const handled = this.#testbed.handled();
    await during();
    return (this.#testbed.handled() - handled) / (this.#testbed.clock.monotonic() - start);
  }

  /** Gives the order and waits until it is noticed. */
  async #detect(victim: ObserverHandle, module: VictimModule): Promise<boolean> {
    const detectedAs = expectedCodes(this.#fault, this.#testbed.host);
    const { restarts } = victim.stats();
    const { warned } = this.#testbed;
    const order = this.#order(victim, module).catch((error: unknown) => {
      // Why its incarnation ended, if it did, is told by the reason of the restart.
      if (error instanceof ObserverCrashedError) return;
      this.#refusal = error instanceof PanoptesError ? error.code : String(error);
    });
    if (this.#isStopping) {
      await order;
      await this.#testbed.registry.unregisterObserver(victim.name);
      this.#detectedAs = (await victim.ended).exit;
      return true;
    }
    const isNoticed = (): boolean => {
      const { reasons, restarts: now, state } = victim.stats();
      const code = now > restarts || state === 'quarantined' ? reasons.at(-1)?.code : undefined;
      // A machine that is short of cores makes slow handlers of its own.
      const warning = this.#testbed.warningsAfter(warned).find((one) => detectedAs.includes(one));
      this.#detectedAs = code ?? this.#refusal ?? warning;
      return this.#detectedAs !== undefined;
    };
    return this.#testbed.until(isNoticed, detectedAs.includes('nothing') ? quietMs : mostDetectMs);
  }

  /** One that strikes at a certain transaction has to know it before that comes. */
  async #order(victim: ObserverHandle, module: VictimModule): Promise<void> {
    const leadMs = this.#fault.clings === true ? windowMs / 2 : 0;
    let at: number;
    do {
      at = this.#testbed.seqIn(leadMs);
      await strike(victim, module, this.#name, at);
    } while (leadMs > 0 && this.#testbed.registry.lastSeq >= at);
  }

  /** Waits until the victim is live again and has caught up, or is given up. */
  #recover(victim: ObserverHandle, limitMs = mostDetectMs): Promise<boolean> {
    const { lastSeq } = this.#testbed.registry;
    return this.#testbed.until(() => {
      const { state, cursor } = victim.stats();
      return (
        state === 'quarantined' || state === 'stopped' || (isAtWork(state) && cursor >= lastSeq)
      );
    }, limitMs);
  }

  async #outcome(victim: ObserverHandle): Promise<MatrixOutcome> {
    if (this.#isStopping) return 'stopped';
    const { state, restarts } = victim.stats();
    if (state === 'quarantined') return 'quarantined';
    const hasCaughtUp = await this.#recover(victim, mostLagMs);
    const digest = hasCaughtUp ? await victim.digest().catch(() => undefined) : undefined;
    if (isPolluted() || digest !== (await this.#testbed.digest())) return 'astray';
    return restarts > 0 ? 'restarted' : 'unharmed';
  }
}

/** Over which throughput is measured, at least; shorter ones say more of chance than of faults. */
const windowMs = 250;
/** How long something may take to be noticed, when something is expected to be. */
const mostDetectMs = 15_000;
/** How long one that is slow may take for what has come meanwhile, once nothing more comes. */
const mostLagMs = 60_000;
/** How long one looks for something where nothing is expected. */
const quietMs = 500;

const isAtWork = (state: ObserverHandle['state']): boolean =>
  state === 'live' || state === 'lagging';
