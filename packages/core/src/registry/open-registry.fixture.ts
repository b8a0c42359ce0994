import type { RegistryOptions } from '../config.js';
import type { ChangeLog } from '../log/change-log.js';
import { RunEvents } from '../log/event-view.js';
import { LogReader } from '../log/log-reader.js';
import type { SnapshotTaker } from '../log/snapshot.js';
import type { Electorate } from '../voting/electorate.js';
import type { PeerChange, RegistryEvent } from '../log/events.js';
import { ManualClock } from './manual-clock.fixture.js';
import type { RegistryLife } from './registry-life.js';
import type { RegistryPorts } from './registry-ports.js';
import { Registry } from './registry.js';

/** A registry that shows its log, with a reader from the very start. */
export class OpenRegistry extends Registry {
  readonly time: ManualClock;
  readonly #reader: LogReader;
  readonly #events = new RunEvents();

  /** What it was told of its store. */
  readonly warnings: string[] = [];

  constructor(
    options: RegistryOptions = {},
    time = new ManualClock(),
    life?: RegistryLife,
    watchers: Pick<RegistryPorts, 'tracer' | 'inspect'> = {},
  ) {
    super(options, { clock: time, ...watchers }, life);
    this.time = time;
    this.#reader = new LogReader(this.log.memory, { from: this.log.writer.checkpoint() });
  }

  get changeLog(): ChangeLog {
    return this.log;
  }

  get voters(): Electorate {
    return this.electorate;
  }

  get snapshotTaker(): SnapshotTaker {
    return this.snapshots;
  }

  /** All events since the last call, as plain objects. */
  newEvents(): RegistryEvent[] {
    const found: RegistryEvent[] = [];
    for (;;) {
      const what = this.#reader.read();
      if (what === 'lapped') throw new Error('the log was too small for this test');
      if (what === 'empty') return found;
      for (const event of this.#events.load(this.#reader.run)) {
        found.push((event as RegistryEvent & { toObject(): RegistryEvent }).toObject());
      }
      this.#reader.advance();
    }
  }

  /** Takes the peers of its store. */
  override restore(): Promise<void> {
    return super.restore();
  }

  protected override warn(_: object, message: string): void {
    this.warnings.push(message);
  }

  /** Fails it, as a bug would. */
  breakDown(cause: unknown): void {
    this.fail(cause);
  }

  /** Breaks an index, as a rollback would that forgets it. */
  forgetKeyOf(nodeId: string): void {
    const slot = this.table.identities.withNodeId(nodeId);
    if (slot === undefined) return;
    const [memory, base] = [this.table.memoryOf(slot), this.table.baseOf(slot)];
    const { identities } = this.table;
    identities.removeKeyAndDid(identities.hashesOf(memory, base), slot);
  }

  /** What can be seen of its state from outside. */
  fingerprint(): unknown {
    const { position, seq } = this.log.writer.checkpoint();
    return {
      digest: this.digest(),
      stats: this.peers.stats(),
      peers: this.peers.allPeers(),
      position,
      seq,
      lastSeq: this.lastSeq,
      memory: this.stateDigest(),
    };
  }
}

/** The changes of an event, one or many. */
export const changesOf = (event: RegistryEvent): readonly PeerChange[] =>
  event.kind === 'BatchUpdate' ? event.changes : [event];
