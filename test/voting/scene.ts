import {
  BatchUpdate,
  createPeer,
  type ObserverHandle,
  type PeerEntry,
  type PeerInput,
} from '@panoptes/core';
import type { CreateRegistryOptions } from '@panoptes/workers';
import type { Host } from '../conformance/hosts.js';
import { Conduct, type ConductName } from '../fixtures/conduct.mjs';
import { ProbedRegistry, present } from '../fixtures/probed-registry.js';
import { until } from '../fixtures/until.js';

const module = new URL('../fixtures/voter.observer.mjs', import.meta.url);
const known = 10;
const expired = 3;
const dayMs = 86_400_000;

/** A peer of a number; equal numbers, equal peers. */
export function peer(number: number, more: Partial<PeerInput> = {}): PeerEntry {
  const digits = number.toString(16).padStart(16, '0');
  return createPeer({
    peerId: { nodeId: `peer-${number}`, publicKey: digits, did: `did:zhtp:${digits}` },
    firstSeen: present,
    lastSeen: present - number,
    connectionMetrics: { connectedAt: present },
    ...more,
  });
}

/** How a voter fails, and how it is made ready for the next time. */
export interface Part {
  /** What it does when it is asked. */
  readonly conduct?: ConductName;
  /** Before the first command it goes and stays away: it crashes, or is paused. */
  readonly down?: 'crashed' | 'paused';
  /** What its owner does in the middle of the vote. */
  readonly meanwhile?: 'unregister' | 'restart' | 'pause';
  /** It owes its vote until the deadline. */
  readonly isLate?: boolean;
  readonly options?: CreateRegistryOptions['observers'];
}

/** A registry with one critical observer, and its twin with none. */
export class Scene {
  readonly registry: ProbedRegistry;
  readonly twin: ProbedRegistry;
  readonly #part: Part;
  readonly #onVoteFailure: 'abort' | 'proceed';
  readonly #host: Host;
  readonly #conduct: Conduct;
  #voter: ObserverHandle | undefined;
  #deaths = 0;
  #askedBefore = 0;
  #lateVotes = 0;

  private constructor(part: Part, onVoteFailure: 'abort' | 'proceed', isFull: boolean, host: Host) {
    this.#part = part;
    this.#host = host;
    this.#conduct = Conduct.on(host);
    this.#onVoteFailure = onVoteFailure;
    const options = {
      log: { logBytes: 1024 * 1024 },
      peers: { maxPeers: isFull ? known + expired : 5_000 },
      observers: {
        // A vote that is awaited comes, however busy the machine; one that is not never does.
        voteTimeoutMs: part.isLate === true ? 50 : 100_000,
        hangTimeoutMs: 100_000,
        stopTimeoutMs: 20,
        breaker: { maxFailures: 1_000_000 },
        restart: { maxRestarts: 1_000_000, minBackoffMs: 1, maxBackoffMs: 1 },
        ...part.options,
      },
    };
    this.registry = new ProbedRegistry(options);
    this.twin = new ProbedRegistry(options);
  }

  static async open(
    part: Part,
    onVoteFailure: 'abort' | 'proceed',
    isFull: boolean,
    host: Host,
  ): Promise<Scene> {
    const scene = new Scene(part, onVoteFailure, isFull, host);
    for (const registry of [scene.registry, scene.twin]) {
      const batch = new BatchUpdate();
      for (let number = 0; number < known; number++) batch.upsert(peer(number));
      for (let number = 0; number < expired; number++) {
        batch.upsert(peer(900 + number, { lastSeen: present - 2 * dayMs - number }));
      }
      await registry.commitBatch(batch);
    }
    await scene.#register();
    if (part.down === 'paused') await scene.#voter!.pause();
    if (part.down === 'crashed') {
      await scene.#voter!.ask('die', []).catch(() => undefined);
      await until('it is away', () => ['backoff', 'quarantined'].includes(scene.#voter!.state));
    }
    return scene;
  }

  /** Has the observer do its part while a command is under way. */
  async play<T>(command: (registry: ProbedRegistry) => Promise<T>): Promise<T> {
    const { conduct = 'accepts', meanwhile } = this.#part;
    const { asked } = this.#conduct;
    this.#askedBefore = asked;
    this.#lateVotes = this.#voter?.stats().votes!.late ?? 0;
    this.#conduct.name = conduct;
    const result = command(this.registry);
    result.catch(() => undefined);
    if (meanwhile !== undefined) {
      await until('it is asked', () => this.#conduct.asked > asked);
      await this.#operate(meanwhile);
    }
    return result;
  }

  async #operate(what: NonNullable<Part['meanwhile']>): Promise<void> {
    const voter = this.#voter!;
    switch (what) {
      case 'unregister':
        return this.registry.unregisterObserver('voter');
      case 'restart':
        return voter.restart();
      case 'pause': {
        const paused = voter.pause();
        // The handler that it is at ends first.
        this.#conduct.name = 'accepts';
        return paused;
      }
    }
  }

  /** Makes the observer ready for the next command. */
  async recover(): Promise<void> {
    const voter = this.#voter!;
    const { conduct, meanwhile, isLate } = this.#part;
    this.#conduct.name = 'accepts';
    if (meanwhile === 'unregister') await this.#register();
    else if (meanwhile === 'pause') await voter.resume();
    else if (conduct === 'never answers' || (isLate === true && !this.#wasAsked)) {
      await this.registry.unregisterObserver('voter');
      await this.#register();
    } else if (conduct === 'exits') {
      this.#deaths++;
      await until('it is back', () => {
        return voter.state === 'live' && voter.stats().incarnation > this.#deaths;
      });
    } else if (isLate === true) {
      await until('its late vote has come', () => voter.stats().votes!.late > this.#lateVotes);
    }
  }

  async close(): Promise<void> {
    this.#conduct.name = 'accepts';
    await Promise.all([this.registry.close(), this.twin.close()]);
  }

  /** On a busy machine the voter may come so late that the outcome is there: it owes no vote then. */
  get #wasAsked(): boolean {
    return this.#conduct.asked > this.#askedBefore;
  }

  async #register(): Promise<void> {
    this.#voter = await this.registry.registerObserver({
      module,
      name: 'voter',
      host: this.#host,
      role: 'critical',
      onVoteFailure: this.#onVoteFailure,
      options: { conduct: this.#conduct.memory },
    });
  }
}
