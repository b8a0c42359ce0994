import { parameter } from '../address.js';
import { actions, overview } from '../live/live-view.js';
import { saysOf } from '../live/figure-words.js';
import { type ObserverLine, lineOf } from '../live/observer-lines.js';
import { ago, count, milliseconds } from '../number-format.js';
import { ActionButtons } from '../parts/action-buttons.js';
import { LiveText } from '../parts/live-text.js';
import { PageLink } from '../parts/page-link.js';
import { StateBadge } from '../parts/state-badge.js';
import { cellText, observerColumns } from './observer-columns.js';
import { LastLines } from './last-lines.js';
import { ObserverCharts } from './observer-charts.js';
import { useObserverDetails } from './observer-details.js';
import { DeadLetters, LastError, ObserverTimeline } from './observer-events.js';
import { useObserverHistory } from './observer-history.js';
import { OwnMetrics } from './own-metrics.js';
import { QueryForm } from './query-form.js';

/** One observer, which the address names by its id. */
export function ObserverPage() {
  const id = parameter('id');
  const line = lineOf(id);
  return (
    <>
      <p class="trail">
        <PageLink to="observers">Observers</PageLink>
      </p>
      {line === undefined ? <NoObserver /> : <Details key={id} line={line} />}
    </>
  );
}

function NoObserver() {
  return (
    <>
      <h1>No such observer</h1>
      <p class="sub">It was never registered, or is no longer.</p>
    </>
  );
}

function Details({ line }: { readonly line: ObserverLine }) {
  const { row } = line;
  const traces = useObserverHistory(line);
  const details = useObserverDetails(line.id, ({ metrics }) => {
    if (metrics !== null) traces.take(metrics);
  });
  const { value: answer } = details;
  return (
    <>
      <div class="head">
        <h1 class="name">{line.name}</h1>
        <StateBadge of={() => row.value.state} />
        <p class="sub">
          <LiveText
            of={() =>
              `${row.value.role}, ${row.value.host}, incarnation ${row.value.incarnation}, ` +
              `registered ${ago((overview.value?.at ?? 0) - row.value.registeredAt)} ago`
            }
          />
        </p>
      </div>
      {row.value.isProtected && (
        <p class="sub ended">The program needs it as it is: nothing can be done to it here.</p>
      )}
      {actions.value.length > 0 && !row.value.isProtected && (
        <div class="toolbar">
          <ActionButtons lines={() => [line]} />
        </div>
      )}
      <Figures line={line} />
      <ObserverCharts line={line} traces={traces} />
      {answer !== null && answer !== 'gone' && (
        <>
          <OwnMetrics answer={answer} traces={traces} />
          <div class="panels uneven">
            <LastLines id={line.id} />
            <QueryForm id={line.id} answer={answer} />
          </div>
          <div class="panels">
            <ObserverTimeline answer={answer} />
            <div class="stack">
              <LastError error={answer.observer.lastError} />
              <DeadLetters letters={answer.deadLetters} />
              <Votes line={line} />
              <Commands line={line} />
            </div>
          </div>
        </>
      )}
    </>
  );
}

function Figures({ line }: { readonly line: ObserverLine }) {
  const { row } = line;
  return (
    <dl class="tiles many">
      {observerColumns.map((column) => (
        <div key={column.id} title={column.says()}>
          <dt>{column.label}</dt>
          <dd>
            <LiveText of={() => cellText(column, line)} />
          </dd>
        </div>
      ))}
      {otherFigures.map(([label, id]) => (
        <div key={id} title={saysOf('observers', id)}>
          <dt>{label}</dt>
          <dd>
            <LiveText of={() => count(row.value[id])} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Those that have no column in the table of all. */
const otherFigures = [
  ['Handled', 'delivered'],
  ['Failed', 'failed'],
  ['Resumes', 'resumes'],
  ['Dead letters', 'deadLetters'],
  ['Lines lost', 'outputLost'],
  ['At seq', 'cursor'],
] as const;

function Votes({ line }: { readonly line: ObserverLine }) {
  const { votes } = line.row.value;
  if (votes === null) return null;
  return (
    <section class="panel" aria-labelledby="votes">
      <h2 id="votes">Votes</h2>
      <dl class="facts">
        <dt>In time, and vetoes among them</dt>
        <dd>
          {count(votes['votes'])}, {count(votes['vetoes'])}
        </dd>
        <dt>Too late, or failed</dt>
        <dd>
          {count(votes['timeouts'])}, {count(votes['failures'])}
        </dd>
        <dt>Gone on or refused without it</dt>
        <dd>
          {count(votes['proceededWithout'])}, {count(votes['refusedWithout'])}
        </dd>
        <dt>Took, median and 99 %</dt>
        <dd>
          {milliseconds(votes['latencyP50Ms'])}, {milliseconds(votes['latencyP99Ms'])}
        </dd>
      </dl>
    </section>
  );
}

function Commands({ line }: { readonly line: ObserverLine }) {
  const { commands } = line.row.value;
  if (commands['sent'] === 0) return null;
  return (
    <section class="panel" aria-labelledby="commands">
      <h2 id="commands">Commands</h2>
      <p>
        {count(commands['sent'])} sent, {count(commands['refused'])} refused,{' '}
        {count(commands['dropped'])} dropped
      </p>
    </section>
  );
}
