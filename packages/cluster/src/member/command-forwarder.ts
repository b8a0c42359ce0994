import {
  CallerSender,
  type CarriedRecords as Records,
  CarriedRecords,
  RegistryClosedError,
  NoPrimaryError,
  OutcomeUnknownError,
  RegistryConnection,
  createCallerBuffer,
  packedError,
  refusedRecords,
} from '@panoptes/core';
import { type PanoptesError, systemClock } from '@panoptes/core/follower';
import {
  type Msg,
  type NatsConnection,
  type Subscription,
  createInbox,
} from '@nats-io/transport-node';
import { FrameKind, decodeFrame, encodeFrame } from './command-frame.js';
import { FrameLine } from './frame-line.js';

/**
 * Brings the commands of a member to the primary, whoever that is, and their outcomes back. They are checked
 * and encoded as those of a caller on another thread; their records cross in frames, many in one.
 *
 * What was sent to a primary that is gone is of unknown outcome, and is not sent again: nobody else knows
 * whether it was committed. What was not sent waits for the next.
 */
export class CommandForwarder {
  /** Takes commands, as a registry on another thread does. */
  readonly commands: RegistryConnection;
  readonly #connection: NatsConnection;
  readonly #subject: (epoch: number) => string;
  readonly #timeoutMs: number;
  readonly #sender: CallerSender;
  readonly #records: Records;
  readonly #line: FrameLine;
  /** Sent, and not answered: when, by id, the oldest first. */
  readonly #inFlight = new Map<number, number>();
  #session: Session | undefined;
  /** The epoch of the primary that is known. */
  #epoch: number | undefined;
  /** When that said that it takes nothing more. */
  #stoppedAt = Number.NEGATIVE_INFINITY;
  #isListening = false;
  #isClosed = false;
  #cancel: (() => void) | undefined;

  constructor({ connection, subject, timeoutMs, maxBatchChanges }: ForwarderOptions) {
    this.#connection = connection;
    this.#subject = subject;
    this.#timeoutMs = timeoutMs;
    const buffer = createCallerBuffer(commandBytes);
    this.#sender = new CallerSender(buffer, maxOutstanding, (isBusy) => {
      if (isBusy) this.#bringOn();
    });
    this.#records = new CarriedRecords(buffer, 'registry');
    this.#line = new FrameLine(this.#records, {
      took: () => undefined,
      put: (id) => void this.#inFlight.delete(id),
      sent: (ids) => this.#noteSent(ids),
      now: () => systemClock.monotonic(),
    });
    const terms = { whenFull: 'wait', maxBatchChanges, hangUp: () => undefined } as const;
    this.commands = new RegistryConnection(this.#sender, terms);
  }

  /** Commands that wait for their outcome. */
  get outstanding(): number {
    return this.#sender.outstanding;
  }

  /** @param epoch - of the primary that there is now; undefined when there is none that is known */
  follow(epoch: number | undefined): void {
    if (epoch === this.#epoch) return;
    this.#epoch = epoch;
    this.#stoppedAt = Number.NEGATIVE_INFINITY;
    if (this.#session !== undefined) this.#leave('another member is the primary by now');
    this.#bringOn();
  }

  /** Rejects what waits, and takes no more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#session !== undefined) this.#session.send(encodeFrame(FrameKind.bye, 0, 0));
    this.#leave('this member was closed before it was answered');
    this.#line.pump();
    this.#cancel?.();
    const closed = new RegistryClosedError('the member is closed and takes no more commands');
    this.#sender.end({ reason: packedError(closed, mostErrorBytes), outcomes: [] });
    this.#records.wake();
  }

  /** Does what can be done now, and again when there is more to be done. */
  #bringOn(): void {
    if (this.#isClosed) return;
    try {
      this.#line.pump();
    } catch (error) {
      this.#leave(`what came from the primary is no outcome (${String(error)})`);
    }
    if (this.outstanding > 0) this.#join();
    this.#listen();
    this.#tickLater();
  }

  #listen(): void {
    if (this.#isListening || this.#isClosed) return;
    this.#isListening = true;
    // What was written before this look is found by it, and what comes after it rings.
    void Promise.resolve(this.#records.moved()).then(() => {
      this.#isListening = false;
      this.#bringOn();
    });
  }

  #tickLater(): void {
    if (this.#cancel !== undefined || this.outstanding === 0) return;
    this.#cancel = systemClock.after(tickMs, () => {
      this.#cancel = undefined;
      this.#tick();
    });
  }

  #tick(): void {
    const now = systemClock.monotonic();
    const [oldest = Number.POSITIVE_INFINITY] = this.#inFlight.values();
    if (now - oldest > this.#timeoutMs) {
      this.#leave(`the primary has not answered within ${this.#timeoutMs} ms (forwardTimeoutMs)`);
    }
    const session = this.#session;
    if (session?.isWelcome !== true)
      this.#refuse(this.#line.dropOlder(now - this.#timeoutMs), this.#nobody());
    if (
      session !== undefined &&
      now - session.heardAt > silentMs &&
      now - session.askedAt > silentMs
    ) {
      session.askedAt = now;
      if (session.isWelcome) this.#line.ask();
      else session.send(encodeFrame(FrameKind.hello, 0, 0));
    }
    this.#bringOn();
  }

  /** Opens a line to the primary, unless there is one. */
  #join(): void {
    if (this.#session !== undefined || this.#epoch === undefined) return;
    if (systemClock.monotonic() - this.#stoppedAt < silentMs) return;
    const inbox = createInbox();
    const subject = this.#subject(this.#epoch);
    const now = systemClock.monotonic();
    const session: Session = {
      subscription: this.#connection.subscribe(inbox, {
        callback: (error, message) => {
          if (error === null && this.#session === session) this.#take(session, message);
        },
      }),
      send: (frame) => this.#connection.publish(subject, frame, { reply: inbox }),
      isWelcome: false,
      heardAt: now,
      askedAt: now,
    };
    this.#session = session;
    session.send(encodeFrame(FrameKind.hello, 0, 0));
  }

  #take(session: Session, { data }: Msg): void {
    // That nobody listens there says nothing: it may be on its way back, and if not another takes its place.
    const frame = decodeFrame(data);
    if (frame === undefined) {
      // Asked again soon, while it has not begun.
      if (!session.isWelcome) session.heardAt = session.askedAt = Number.NEGATIVE_INFINITY;
      return;
    }
    session.heardAt = systemClock.monotonic();
    switch (frame.kind) {
      case FrameKind.hello:
        if (session.isWelcome) return;
        session.isWelcome = true;
        this.#line.begin(session.send);
        break;
      case FrameKind.ended:
        this.#leave('the primary has stopped before it answered', frame.ack);
        // Who is next is not known yet. It is asked again in a while: it may have stayed.
        this.#stoppedAt = session.heardAt;
        break;
      case FrameKind.lost:
        this.#leave('the primary has lost the line on which it was sent');
        break;
      default:
        if (!session.isWelcome) return;
        try {
          this.#line.receive(frame);
        } catch (error) {
          this.#leave(`what came from the primary is no frame (${String(error)})`);
        }
    }
    this.#bringOn();
  }

  #noteSent(ids: readonly number[]): void {
    const now = systemClock.monotonic();
    for (const id of ids) this.#inFlight.set(id, now);
  }

  /**
   * Leaves the line: what was sent on it and not answered is of unknown outcome.
   *
   * @param lastTaken - the last frame that the primary has taken, if it has said so
   */
  #leave(why: string, lastTaken?: number): void {
    this.#session?.subscription.unsubscribe();
    this.#session = undefined;
    for (const id of this.#line.end(lastTaken)) this.#inFlight.delete(id);
    const unknown = [...this.#inFlight.keys()];
    this.#inFlight.clear();
    this.#refuse(
      unknown,
      new OutcomeUnknownError(
        `${why}: whether the command was committed is not known here; look at the peers before you send it again`,
      ),
    );
  }

  #nobody(): NoPrimaryError {
    return new NoPrimaryError(
      `no primary has taken the command within ${this.#timeoutMs} ms (forwardTimeoutMs); nothing came of it: send it ` +
        'again when there is one',
    );
  }

  #refuse(ids: readonly number[], error: PanoptesError): void {
    if (ids.length === 0) return;
    const packed = packedError(error, mostErrorBytes);
    for (let from = 0; from < ids.length; from += refusedAtOnce) {
      this.#line.tell(refusedRecords(ids.slice(from, from + refusedAtOnce), packed));
    }
  }
}

/** Of what a forwarder is made. */
export interface ForwarderOptions {
  readonly connection: NatsConnection;
  /** Where the primary of an epoch takes commands. */
  readonly subject: (epoch: number) => string;
  /** How long a command may wait to be sent, and then for its outcome. */
  readonly timeoutMs: number;
  readonly maxBatchChanges: number;
}

/** A line to the primary of one epoch. */
interface Session {
  readonly subscription: Subscription;
  readonly send: (frame: Uint8Array) => void;
  /** Whether the primary has answered. */
  isWelcome: boolean;
  heardAt: number;
  askedAt: number;
}

/** Room for commands that are not taken out yet. */
const commandBytes = 1024 * 1024;
const maxOutstanding = 16_384;
const mostErrorBytes = 2_048;
const refusedAtOnce = 32;
const tickMs = 100;
/** When nothing has come for so long, what may be lost is sent again. */
const silentMs = 400;
