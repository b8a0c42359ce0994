import type { ObserverHandle } from '@panoptes/core';
import { type PeerRegistry, createRegistry } from '@panoptes/workers';
import { expect, it } from 'vitest';
import { type Host, isolatedHosts } from '../conformance/hosts.js';
import { badResumption, goingBack, missing, repeated } from '../conformance/log-rules.js';
import { BlackBox } from '../fixtures/black-box.mjs';
import { deathOrders } from '../fixtures/mortal.observer.mjs';
import { RandomTraffic } from '../fixtures/random-traffic.js';
import { SeededChance } from '../fixtures/seeded-chance.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/mortal.observer.mjs', import.meta.url);
/** A process takes longer to come back. */
const kills = { thread: 50, process: 15 };

/** An observer that is killed again and again, and the black box that outlives it. */
class Victim {
  readonly box: BlackBox;
  readonly expectedReasons: RegExp[] = [];
  readonly #host: Host;
  handle!: ObserverHandle;

  constructor(host: Host) {
    this.#host = host;
    this.box = BlackBox.empty(undefined, host);
  }

  async start(registry: PeerRegistry, name: string, onLag: 'lap' | 'block'): Promise<this> {
    const options = { box: this.box.memory };
    this.handle = await registry.registerObserver({
      module,
      name,
      host: this.#host,
      onLag,
      options,
    });
    return this;
  }

  /** Ways to die, each with the reasons that its owner is to be told, one for each incarnation it costs. */
  readonly ways: readonly (() => RegExp[])[] = [
    () => this.#ask(() => this.handle.ask('exit', [3]), /^exit-3:/),
    () => this.#ask(() => this.handle.ask('exit', [0]), /^exit-0:/),
    () => this.#ask(() => this.handle.ask('throwLater', []), /^error:.*died of a throw/),
    () => this.#ask(() => this.handle.ask('rejectLater', []), /^error:.*that nobody handled/),
    () => this.#order(deathOrders.throwInBatch, /died of a throw/),
    () => this.#order(deathOrders.rejectInBatch, /died of a rejection/),
    () => this.#order(deathOrders.exitInBatch, /^exit-3:/),
    () => this.#order(deathOrders.exitCleanInBatch, /^exit-0:/),
    () => this.#order(deathOrders.throwLaterInBatch, /^error:.*died of a late throw/),
    // Its next incarnation dies of its first snapshot.
    () => [
      ...this.#order(deathOrders.throwInSnapshot, /^exit-7:/),
      ...this.#ask(() => this.handle.ask('exit', [7]), /died of a snapshot/),
    ],
  ];

  get isBack(): boolean {
    const { restarts, state } = this.handle.stats();
    return restarts === this.expectedReasons.length && state === 'live';
  }

  #ask(question: () => Promise<unknown>, reason: RegExp): RegExp[] {
    // Whoever asks one that dies gets an error, or the answer if that was quicker.
    void question().catch(() => undefined);
    return [reason];
  }

  #order(order: number, reason: RegExp): RegExp[] {
    this.box.order(order);
    return [reason];
  }
}

it.each(isolatedHosts)(
  'P1 observers that are killed again and again miss nothing, see nothing twice, and agree (%s)',
  async (host) => {
    const chance = new SeededChance('killer');
    const traffic = new RandomTraffic({ seed: 'killed' });
    const registry = await createRegistry({
      log: { logBytes: 1024 * 1024 },
      observers: {
        blockTimeoutMs: 60_000,
        restart: { maxRestarts: 1_000, minBackoffMs: 1, maxBackoffMs: 5 },
      },
    });
    const bystander = await new Victim(host).start(registry, 'bystander', 'block');
    const victims = [
      await new Victim(host).start(registry, 'lapped', 'lap'),
      await new Victim(host).start(registry, 'blocking', 'block'),
    ];

    for (let deaths = 0; deaths < kills[host];) {
      await traffic.send(registry, chance.below(300));
      const victim = chance.pick(victims);
      const reasons = chance.pick(victim.ways)();
      victim.expectedReasons.push(...reasons);
      deaths += reasons.length;
      await until(`${victim.handle.name} was back after death ${deaths}`, async () => {
        await traffic.send(registry, 4);
        return victim.isBack;
      });
      const told = victim.handle.stats().reasons.slice(-reasons.length);
      for (const [index, { code, message }] of told.entries()) {
        expect(`${code}: ${message}`).toMatch(reasons[index]!);
      }
    }
    await traffic.send(registry, 300);
    await registry.settled();

    const expected = traffic.model.digest();
    for (const { box, handle, expectedReasons } of [bystander, ...victims]) {
      const { name } = handle;
      const notes = box.notes();
      for (const rule of [goingBack, repeated, missing, badResumption]) {
        expect([name, rule(notes)]).toEqual([name, []]);
      }
      // One incarnation after another: nothing comes from an earlier one once the next has begun.
      const incarnations = notes.map(({ incarnation }) => incarnation);
      expect(incarnations).toEqual(incarnations.toSorted((a, b) => a - b));
      const restarts = expectedReasons.length;
      expect(handle.stats()).toMatchObject({ restarts, incarnation: restarts + 1, state: 'live' });
      expect([name, await handle.digest()]).toEqual([name, expected]);
    }
    expect(bystander.box.notes()).toHaveLength(traffic.model.lastSeq + 1);
    await registry.close();
  },
);
