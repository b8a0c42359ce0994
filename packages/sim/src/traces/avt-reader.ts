import { createPeer, describe } from '@panoptes/core/observer';
import { type ChurnEvent, identityOf } from '@panoptes/testkit/model';
import { ReadyEvents } from '../churn/churn-events.js';
import type { ChurnSource } from '../churn/churn-source.js';
import { substream } from '../churn/random-source.js';
import { SyntheticPeers } from '../churn/synthetic-peers.js';
import { mostPeersHeld } from '../input/reading.js';
import { generatedEpochMs } from '../time/generated-epoch.js';
import { VirtualClock } from '../time/virtual-clock.js';
import { type Line, readLines } from './line-reader.js';
import { type SkipCount, takePeer } from './skipped.js';
import { TraceError, tooManyPeers, type TracePosition } from './trace-error.js';
import type { TraceFile } from './trace-file.js';
import { traceText } from './trace-text.js';

/**
 * Reads an availability trace (`.avt`): one peer a line, `id<TAB>sessions<TAB> start end start end …`
 * in seconds from the start of the trace. Lines are parsed as they come; only the instants are kept,
 * since a trace is ordered by peer and not by time. At equal instants leaves come before joins, so
 * that a session may start when the last one ends. The trace lasts from second 0 to its last end.
 *
 * The format knows no more of a peer than its id: the rest of each entry is made up, always the
 * same way.
 */
export async function readAvt(file: TraceFile, skipped: SkipCount): Promise<ChurnSource> {
  const instants = await readInstants(file, skipped);
  const spanMs = instants.at(-1)!.at;
  const clock = new VirtualClock(generatedEpochMs);

  function* events(): Generator<ChurnEvent, void, undefined> {
    const peers = new SyntheticPeers(clock, substream('availability trace', 'links'));
    for (const { at, nodeId, joins } of instants) {
      clock.advanceTo(at);
      if (joins) {
        yield { at, kind: 'join', peer: peers.join(nodeId) };
      } else {
        peers.leave(nodeId);
        yield { at, kind: 'leave', nodeId };
      }
    }
  }
  return {
    name: file.name,
    kind: 'availability trace',
    epochMs: clock.epochMs,
    events: new ReadyEvents(events()),
    spanMs: () => spanMs,
    fractionRead: () => clock.monotonic() / spanMs,
    skipped,
  };
}

/** A join or a leave, at virtual milliseconds. */
interface Instant {
  readonly at: number;
  readonly nodeId: string;
  readonly joins: boolean;
}

const number = /^\d+(?:\.\d+)?$/;
/** All instants are held, and sorted. */
const mostInstants = 2 ** 23;
/** Times beyond this many seconds (317 years) are mistakes, and would lose their milliseconds. */
const latestSecond = 1e10;

/** Names a place in the line being read: a field, or the line as a whole. */
type Position = (field?: string) => TracePosition;

async function readInstants(file: TraceFile, skipped: SkipCount): Promise<Instant[]> {
  const instants: Instant[] = [];
  const lineOf = new Map<string, number>();
  for await (const line of readLines(file)) {
    // A number that lost its last digits is still a number: nothing else would tell.
    if (!line.ended) {
      throw new TraceError(
        { file: file.name, line: line.number },
        'expected a line break at the end, got the end of the file: it seems to be cut off',
      );
    }
    for (const instant of skipped.attempt(() => instantsOf(line, file, lineOf)) ?? []) {
      instants.push(instant);
    }
    if (lineOf.size > mostPeersHeld) throw tooManyPeers(file.name);
    if (instants.length > mostInstants) {
      const problem = `expected at most ${mostInstants / 2} sessions, got more`;
      throw new TraceError({ file: file.name, line: line.number }, problem);
    }
  }
  if (instants.length === 0) throw skipped.nothingLeft({ file: file.name }, 'sessions');
  return instants.sort((a, b) => a.at - b.at || Number(a.joins) - Number(b.joins));
}

/** The joins and leaves of one peer. */
function instantsOf(line: Line, file: TraceFile, lineOf: Map<string, number>): Instant[] {
  const position: Position = (field) => ({ file: file.name, line: line.number, field });
  const text = traceText(line.bytes, position());
  const [id = '', sessions = '', times, ...rest] = text.split('\t');
  if (times === undefined || rest.length > 0) {
    throw new TraceError(
      position(),
      `expected three columns with tabs between them (id, sessions, times), got ${describe(text)}`,
    );
  }
  if (!/^\S+$/.test(id)) {
    throw new TraceError(position('id'), `expected an id without spaces, got ${describe(id)}`);
  }
  const earlier = lineOf.get(id);
  if (earlier !== undefined) {
    throw new TraceError(
      position('id'),
      `expected each peer once, got ${describe(id)} of line ${earlier} again`,
    );
  }
  // Whether the registry takes such a peer is not left to the moment at which it joins.
  takePeer(position('id'), () => createPeer({ peerId: identityOf(id) }));
  const instants = sessionsOf(id, sessions, times, position);
  lineOf.set(id, line.number);
  return instants;
}

function sessionsOf(
  nodeId: string,
  sessions: string,
  times: string,
  position: Position,
): Instant[] {
  const instants: Instant[] = [];
  const seconds = times.trim() === '' ? [] : times.trim().split(/ +/);
  if (!/^\d+$/.test(sessions)) {
    throw new TraceError(
      position('sessions'),
      `expected a whole number, got ${describe(sessions)}`,
    );
  }
  if (seconds.length !== 2 * Number(sessions)) {
    throw new TraceError(
      position('sessions'),
      `expected a start and an end for each session, got ${seconds.length} times for ` +
        `${sessions} sessions`,
    );
  }
  let previous = 0;
  for (const [index, text] of seconds.entries()) {
    const joins = index % 2 === 0;
    const field = `${joins ? 'start' : 'end'} of session ${(index >> 1) + 1}`;
    if (!number.test(text) || Number(text) > latestSecond) {
      throw new TraceError(
        position(field),
        `expected seconds from 0 to ${latestSecond}, got ${describe(text)}`,
      );
    }
    const at = Math.round(Number(text) * 1000);
    // A session without length would leave before it joins; one that starts before the last one
    // ended overlaps it.
    if (joins ? at < previous : at <= previous) {
      const than = joins ? 'no earlier than the end before it' : 'later than its start';
      throw new TraceError(
        position(field),
        `expected a time ${than} (${previous / 1000}), got ${text}`,
      );
    }
    previous = at;
    instants.push({ at, nodeId, joins });
  }
  return instants;
}
