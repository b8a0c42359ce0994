import type { Clock } from '../clock.js';
import { messageOf } from '../error-of.js';
import { inNextTurn } from '../turns.js';
import { WatcherCalls } from '../watcher-calls.js';
import type {
  InspectedEvent,
  InspectedSignal,
  InspectedSnapshot,
  InspectedState,
  OwnInspect,
} from './inspect.js';

/**
 * Tells an inspector what machines do, so many events a second at most. XState calls it in the middle of a
 * machine's transition: there it only counts, and copies what is to be told in a later turn.
 */
export class MachineInspection {
  readonly #inspect: OwnInspect;
  readonly #clock: Clock;
  readonly #calls: WatcherCalls;
  #secondFrom = Number.NEGATIVE_INFINITY;
  /** Events of this second that are told. */
  #told = 0;
  #count = 0;
  #leftOut = 0;
  readonly #untold: InspectedEvent[] = [];

  /** @param warn - is told, once, that the inspector is called no more */
  constructor(inspect: OwnInspect, clock: Clock, warn: (facts: object, message: string) => void) {
    this.#inspect = inspect;
    this.#clock = clock;
    this.#calls = new WatcherCalls({ option: 'inspect', clock, warn });
  }

  /**
   * What a machine is to be made with so that it is inspected.
   *
   * @param name - what it is called
   */
  of(name: string): MachineInspect {
    return { inspect: (event) => this.#inspected(event, name) };
  }

  #inspected(event: MachineEvent, name: string): void {
    if (!toldTypes.includes(event.type) || this.#calls.isDropped) return;
    this.#count++;
    if (!this.#admits()) {
      this.#leftOut++;
      return;
    }
    this.#untold.push({
      type: event.type as InspectedEvent['type'],
      createdAt: String(this.#clock.now()),
      id: String(this.#count),
      leftOut: this.#leftOut,
      ...plainPart(event, name),
    });
    this.#leftOut = 0;
    if (this.#untold.length === 1) inNextTurn(() => this.#tell());
  }

  #admits(): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#secondFrom >= 1_000) {
      this.#secondFrom = now;
      this.#told = 0;
    }
    if (this.#told >= this.#inspect.eventsPerSec) return false;
    this.#told++;
    return true;
  }

  #tell(): void {
    for (const event of this.#untold.splice(0)) this.#calls.call(() => this.#inspect.next(event));
  }
}

/** XState's option of that name. */
export interface MachineInspect {
  readonly inspect: (event: MachineEvent) => void;
}

/** What XState tells, as far as it is used: its own types are not for those who use this package. */
export interface MachineEvent {
  readonly type: string;
  readonly rootId: string;
  readonly actorRef: object;
  readonly sourceRef?: { readonly sessionId: string } | undefined;
  readonly event?: Signal;
  readonly snapshot?: { readonly status: InspectedSnapshot['status'] };
}

interface Signal {
  readonly type: string;
  readonly error?: unknown;
}

/** A machine, or a step that one has invoked, as it is inside. */
interface MachineActor {
  readonly sessionId: string;
  readonly id: string;
  readonly _parent: { readonly sessionId: string } | undefined;
  readonly logic: { readonly config?: unknown };
}

/** What is told; all else that XState tells is a part of these. */
const toldTypes: readonly string[] = ['@xstate.actor', '@xstate.event', '@xstate.snapshot'];

/** Longest text of an error, in characters. */
const longestError = 256;

type PlainPart = Omit<InspectedEvent, 'type' | 'createdAt' | 'id' | 'leftOut'>;

function plainPart(
  { type, rootId, actorRef, sourceRef, event, snapshot }: MachineEvent,
  name: string,
): PlainPart {
  const { sessionId, id, _parent: parent, logic } = actorRef as MachineActor;
  const isMachine = parent === undefined;
  return {
    sessionId,
    rootId,
    ...(!isMachine && { parentId: parent.sessionId }),
    name: isMachine ? name : id,
    ...(isMachine && type === '@xstate.actor' && { definition: JSON.stringify(logic.config) }),
    ...(sourceRef !== undefined && { sourceId: sourceRef.sessionId }),
    ...(event !== undefined && { event: plainSignal(event) }),
    ...(snapshot !== undefined && { snapshot: plainSnapshot(snapshot) }),
  };
}

const plainSignal = ({ type, error }: Signal): InspectedSignal =>
  error === undefined ? { type } : { type, error: messageOf(error).slice(0, longestError) };

const plainSnapshot = ({ status, value }: InspectedSnapshot): InspectedSnapshot =>
  value === undefined ? { status } : { status, value: plainState(value) };

/** Its names are those of our own machines. */
const plainState = (value: InspectedState): InspectedState =>
  typeof value === 'string'
    ? value
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainState(inner)]));
