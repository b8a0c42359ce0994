import type { ErrorRow } from '../api/answers.js';
import type { DeadLetterRow, ObserverAnswer } from '../api/observer-answer.js';
import { count, timeOfDay } from '../number-format.js';
import { StateBadge } from '../parts/state-badge.js';

/** In which states an observer was seen, and why its incarnations ended, newest first. */
export function ObserverTimeline({ answer }: { readonly answer: ObserverAnswer }) {
  const seen = answer.timeline.map(({ at, state, incarnation }) => ({
    ...{ key: `seen ${at}`, at, incarnation },
    what: <StateBadge of={() => state} />,
  }));
  const ended = answer.reasons.map(({ at, incarnation, code, message }) => ({
    ...{ key: `ended ${incarnation} ${at}`, at, incarnation },
    what: (
      <>
        <b>{code}</b> <span class="sub">{message}</span>
      </>
    ),
  }));
  const all = [...seen, ...ended].sort((a, b) => b.at - a.at);
  return (
    <section class="panel" aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <table class="events">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" class="number">
              Incarnation
            </th>
            <th scope="col">State, or why it ended</th>
          </tr>
        </thead>
        <tbody>
          {all.map(({ key, at, incarnation, what }) => (
            <tr key={key}>
              <td>{timeOfDay(at)}</td>
              <td class="number">{incarnation}</td>
              <td class="said">{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Transactions at which it failed, newest first. */
export function DeadLetters({ letters }: { readonly letters: readonly DeadLetterRow[] }) {
  return (
    <section class="panel" aria-labelledby="letters">
      <h2 id="letters">Dead letters</h2>
      {letters.length === 0 ? (
        <p class="sub">There are none.</p>
      ) : (
        <table class="events">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Seq
              </th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {letters.toReversed().map(({ at, seq, lastSeq, code, error }) => (
              <tr key={`${at} ${seq}`}>
                <td>{timeOfDay(at)}</td>
                <td class="number">{seq === lastSeq ? count(seq) : `${seq}–${lastSeq}`}</td>
                <td class="said">
                  <b>{code}</b> <span class="sub">{error.message}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The error that it ended with last. */
export function LastError({ error }: { readonly error: ErrorRow | null }) {
  if (error === null) return null;
  return (
    <section class="panel" aria-labelledby="error">
      <h2 id="error">Last error</h2>
      <p class="said">
        {error.code !== null && <b>{error.code} </b>}
        {error.message}
      </p>
    </section>
  );
}
