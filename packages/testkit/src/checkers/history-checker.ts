import { DigestRules } from './digest-rules.js';
import { FilterRules } from './filter-rules.js';
import type {
  HistoryRecord,
  LifeFacts,
  ObserverFacts,
  Place,
  RunEnding,
  RunFacts,
} from './history.js';
import { IncarnationRules } from './incarnation-rules.js';
import { type LifeBounds, LifeRules } from './life-rules.js';
import { PeerRules } from './peer-rules.js';
import { SequenceRules } from './sequence-rules.js';
import { Transcript } from './transcript.js';
import { Findings, type RuleName, type Verdicts } from './verdicts.js';

/**
 * Holds the histories of all observers of one run to the rules, record by record. It knows nothing
 * but what they saw, how the run was set up and how it ended. Records of one observer come in their
 * order; those of different ones may come in any order. Its memory is bounded by the peers there
 * are, times the observers, and by fixed windows; what falls out of a window is counted as skipped.
 */
export class HistoryChecker {
  readonly #findings = new Findings();
  readonly #transcript: Transcript;
  readonly #digests = new DigestRules(this.#findings);
  readonly #observers: Map<string, Observer>;
  readonly #lives: LifeRules;
  readonly #facts: RunFacts;

  /** @param run - copied: what is judged by it may go on for long */
  constructor(run: RunFacts) {
    const facts = structuredClone(run);
    this.#facts = facts;
    this.#lives = new LifeRules(this.#findings, facts.life);
    // One alone is compared with nobody but its own next incarnation, which begins where it ended.
    const remembered = facts.observers.length > 1 ? undefined : changesOfOne;
    this.#transcript = new Transcript(this.#findings, remembered);
    this.#observers = new Map(
      facts.observers.map((observer) => [observer.name, this.#newObserver(observer)]),
    );
    this.#cap('observers', facts.observers.length, facts.maxObservers);
  }

  /** @throws {RangeError} when the observer is none of the run's */
  take(origin: RecordOrigin, record: HistoryRecord): void {
    const observer = this.#observers.get(origin.observer);
    if (observer === undefined) throw new RangeError(`there is no observer '${origin.observer}'`);
    const { incarnations, facts } = observer;
    if (record.kind === 'revival') {
      incarnations.revive();
      return;
    }
    const isStart = record.kind === 'start';
    if (isStart && origin.incarnation > incarnations.current) {
      observer.incarnation.filter?.finish();
      observer.incarnation = this.#newIncarnation(facts);
    }
    const place = placeOf(origin, ++observer.incarnation.records);
    if (isStart) {
      incarnations.start(place, origin.at);
      return;
    }
    if (!incarnations.says(place, origin.at, record.kind)) return;
    if (record.kind === 'end') incarnations.end();
    else this.#look(observer, record, place);
  }

  /**
   * Says that the registry has ended, maybe killed, and another process has restored it from its store. All
   * observers begin anew, with their first incarnation.
   *
   * @param before - what is known of the end of the life before
   */
  begin(life: LifeFacts, before: LifeBounds = {}): void {
    if (before.ending !== undefined) this.#end(before.ending);
    this.#lives.begin(life, before);
    for (const [name, { facts, incarnation }] of this.#observers) {
      incarnation.filter?.finish();
      this.#observers.set(name, this.#newObserver(facts));
    }
    this.#transcript.goBack(life.seq);
    this.#digests.goBack(life.seq);
  }

  /**
   * The verdicts on all records.
   *
   * @param ending - undefined when it is not known how the run ended: what would follow from it is
   *   then skipped
   */
  finish(ending: RunEnding | undefined): Verdicts {
    for (const { incarnation } of this.#observers.values()) incarnation.filter?.finish();
    if (ending === undefined) this.#findings.skipped('delivery', this.#observers.size);
    else this.#end(ending);
    return this.#findings.verdicts();
  }

  #look(
    { facts, incarnation }: Observer,
    record: Exclude<HistoryRecord, { kind: 'start' | 'end' | 'revival' }>,
    place: Place,
  ): void {
    const { sequence, peers, filter } = incarnation;
    switch (record.kind) {
      case 'snapshot':
        this.#lives.snapshot(record.seq, place);
        sequence.snapshot(record.seq, place);
        peers.beginSnapshot(record.seq, record.size);
        filter?.snapshot(record.seq);
        incarnation.isAstray = false;
        break;
      case 'resume':
        sequence.resume(record.seq);
        filter?.snapshot(record.seq);
        break;
      case 'peer':
        peers.listPeer(record.nodeId, record.now, place);
        break;
      case 'snapshot-end':
        if (peers.endSnapshot(place)) this.#compare(incarnation, facts, true, place);
        break;
      case 'event': {
        const isNext = sequence.event(record, place) === 'next' && facts.filter === undefined;
        peers.event(record, isNext, place);
        if (facts.filter === undefined) this.#checkShape(record, place);
        if (isNext && !this.#transcript.event(record, place)) incarnation.isAstray = true;
        if (isNext) this.#compare(incarnation, facts, false, place);
        filter?.event(record, place);
        this.#settleFilters();
        break;
      }
      case 'progress':
        sequence.progress(record.seq, place);
        filter?.progress(record.seq, place);
        filter?.settle();
        break;
      case 'digest':
        if (sequence.last !== undefined && facts.filter === undefined) {
          this.#digests.digest(facts.kind, sequence.last, record.digest, place);
        }
        break;
    }
  }

  /** A transaction of one peer is that peer's event, one of several is a batch, all of one seq. */
  #checkShape(event: Extract<HistoryRecord, { kind: 'event' }>, place: Place): void {
    const { seq, isBatch, changes } = event;
    const breach = (expected: string, got: string): void =>
      this.#findings.broken({ rule: 'W3', place, seq, expected, got });
    if (isBatch !== changes.length > 1 || changes.length === 0) {
      const expected = isBatch ? 'several changes in a batch' : 'one change in an event of a peer';
      breach(expected, `${changes.length}`);
    }
    const foreign = changes.find((change) => change.seq !== seq);
    if (foreign !== undefined) {
      breach(`changes of transaction ${seq} alone`, `one of ${foreign.seq} among them`);
    }
  }

  /** Compares an observer's peers with what others had at the same transaction. */
  #compare(
    incarnation: Incarnation,
    facts: ObserverFacts,
    isSnapshot: boolean,
    place: Place,
  ): void {
    const { sum, size } = incarnation.peers;
    const seq = incarnation.sequence.last;
    if (facts.filter !== undefined || sum === undefined || seq === undefined) return;
    if (incarnation.isAstray) return;
    incarnation.isAstray = !this.#transcript.peers({ seq, size, sum, isSnapshot }, place);
  }

  #settleFilters(): void {
    for (const { incarnation } of this.#observers.values()) incarnation.filter?.settle();
  }

  #end({ lastSeq, peers, sum, live }: RunEnding): void {
    this.#cap('peers', peers, this.#facts.maxPeers);
    for (const name of live) {
      const observer = this.#observers.get(name);
      if (observer === undefined) continue;
      const { incarnation, incarnations, facts } = observer;
      const place = placeOf(
        { observer: name, incarnation: incarnations.current },
        incarnation.records,
      );
      const breach = (rule: RuleName, expected: string, got: string): void =>
        this.#findings.broken({ rule, place, seq: lastSeq, expected, got });
      if (facts.filter !== undefined) continue;
      this.#findings.checked('delivery');
      const { last } = incarnation.sequence;
      if (last !== lastSeq) {
        breach(
          'delivery',
          `all up to ${lastSeq}`,
          last === undefined ? 'nothing' : `up to ${last}`,
        );
        continue;
      }
      if (incarnation.peers.sum === undefined) continue;
      if (sum === undefined) {
        this.#findings.skipped('convergence');
        continue;
      }
      this.#findings.checked('convergence');
      if (incarnation.peers.size === peers && incarnation.peers.sum === sum) continue;
      const got =
        incarnation.peers.size === peers ? 'as many, but others' : `${incarnation.peers.size}`;
      breach('convergence', `the ${peers} peers that the registry holds`, got);
    }
  }

  #cap(what: string, count: number, most: number): void {
    this.#findings.checked('caps');
    if (count <= most) return;
    this.#findings.broken({ rule: 'caps', expected: `at most ${most} ${what}`, got: `${count}` });
  }

  #newObserver(facts: ObserverFacts): Observer {
    return {
      facts,
      incarnations: new IncarnationRules(this.#findings, this.#facts.restarts),
      incarnation: this.#newIncarnation(facts),
    };
  }

  #newIncarnation({ filter }: ObserverFacts): Incarnation {
    return {
      sequence: new SequenceRules(this.#findings, filter !== undefined),
      peers: new PeerRules(this.#findings, this.#facts.maxPeers),
      filter: filter && new FilterRules(this.#findings, filter, this.#transcript),
      records: 0,
      isAstray: false,
    };
  }
}

/** What is remembered of the log that only one observer tells of, in changes. */
const changesOfOne = 1 << 12;

/** One incarnation of an observer, and what is known in it. */
interface Incarnation {
  readonly sequence: SequenceRules;
  readonly peers: PeerRules;
  readonly filter: FilterRules | undefined;
  records: number;
  /** Whether its peers differed from others': said once, not at every change from there on. */
  isAstray: boolean;
}

interface Observer {
  readonly facts: ObserverFacts;
  readonly incarnations: IncarnationRules;
  incarnation: Incarnation;
}

/** Whose record it is, and when it was written. */
export interface RecordOrigin {
  readonly observer: string;
  readonly incarnation: number;
  /** Milliseconds, by any clock that all origins share. */
  readonly at: number;
  /** Where in a file its block begins. */
  readonly offset?: number;
}

const placeOf = (
  { observer, incarnation, offset }: Omit<RecordOrigin, 'at'>,
  record: number,
): Place => ({ observer, incarnation, record, ...(offset !== undefined && { offset }) });
