import { useSignalEffect } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { parameter } from '../address.js';
import { LineChart } from '../charts/line-chart.js';
import { actions, overview, second } from '../live/live-view.js';
import { saysOf } from '../live/figure-words.js';
import { type ObserverLine, lineOf } from '../live/observer-lines.js';
import { Trace } from '../live/trace.js';
import { ago, count, milliseconds } from '../number-format.js';
import { ActionButtons } from '../parts/action-buttons.js';
import { LiveText } from '../parts/live-text.js';
import { PageLink } from '../parts/page-link.js';
import { StateBadge } from '../parts/state-badge.js';
import { cellText, observerColumns } from './observer-columns.js';
import { useObserverDetails } from './observer-details.js';
import { DeadLetters, LastError, ObserverTimeline } from './observer-events.js';
import { MetricTraces, OwnMetrics } from './own-metrics.js';

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
  const traces = useMemo(() => new MetricTraces(), []);
  const details = useObserverDetails(line.id, (answer, at) => traces.take(answer, at));
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
      {actions.value.length > 0 && (
        <div class="toolbar">
          <ActionButtons lines={() => [line]} />
        </div>
      )}
      <Figures line={line} />
      <Charts line={line} />
      {answer !== null && answer !== 'gone' && (
        <>
          <OwnMetrics answer={answer} traces={traces} />
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

function Charts({ line }: { readonly line: ObserverLine }) {
  const trace = useMemo(() => new Trace(), []);
  useSignalEffect(() => {
    if (second.value === 0) return;
    const { lag, handlerP99Ms, heapBytes } = line.row.peek();
    const at = overview.peek()?.at ?? 0;
    const rate = line.deliveredRate.peek();
    trace.add(at, [lag, Number.isNaN(rate) ? null : rate, handlerP99Ms, heapBytes]);
  });
  const data = (place: number) => () => [trace.data.value[0] ?? [], trace.data.value[place] ?? []];
  return (
    <section aria-labelledby="lately">
      <h2 id="lately" class="section">
        Since this page was opened
      </h2>
      <div class="charts">
        <LineChart title="Lag, transactions" series={['lag']} data={data(1)} unit="count" />
        <LineChart title="Handled a second" series={['handled']} data={data(2)} unit="rate" />
        {line.row.peek().host === 'inline' ? (
          <LineChart title="Handler, 99 %" series={['p99']} data={data(3)} unit="ms" />
        ) : (
          <LineChart title="Heap" series={['heap']} data={data(4)} unit="bytes" />
        )}
      </div>
    </section>
  );
}

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
