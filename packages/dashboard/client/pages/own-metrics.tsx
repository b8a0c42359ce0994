import type { ObserverAnswer, Reading } from '../api/observer-answer.js';
import { LineChart } from '../charts/line-chart.js';
import type { ChartUnit } from '../charts/chart-options.js';
import { count } from '../number-format.js';
import { MeterBar } from '../parts/meter-bar.js';
import type { ObserverTraces } from './observer-history.js';

/** The figures of an observer's own: numbers over time, and what is counted in buckets as bars. */
export function OwnMetrics({ answer, traces }: OwnMetricsProps) {
  const { metrics, observer } = answer;
  if (!observer.hasMetrics) return null;
  return (
    <section aria-labelledby="own">
      <h2 id="own" class="section">
        Its own figures
      </h2>
      {metrics === null ? (
        <p class="sub">It did not say them in time.</p>
      ) : (
        <div class="charts">
          {metrics.readings.map((reading) => (
            <OwnMetric key={reading.id} reading={reading} traces={traces} />
          ))}
        </div>
      )}
    </section>
  );
}

interface OwnMetricsProps {
  readonly answer: ObserverAnswer;
  readonly traces: ObserverTraces;
}

function OwnMetric({ reading, traces }: { reading: Reading; traces: ObserverTraces }) {
  const { id, unit, says, error } = reading;
  const title = unit === 'count' ? id : `${id}, ${unit}`;
  const note = error === null ? says : `${says} It failed: ${error.message}`;
  if (reading.kind === 'histogram') return <Histogram {...{ title, reading, note }} />;
  return (
    <LineChart
      {...{ title, note }}
      series={[id]}
      data={() => traces.own(id).data.value}
      unit={units.get(unit) ?? 'number'}
    />
  );
}

const units: ReadonlyMap<string, ChartUnit> = new Map([
  ['bytes', 'bytes'],
  ['ms', 'ms'],
  ['count', 'count'],
]);

function Histogram({ title, reading: { bounds, value }, note }: HistogramProps) {
  const counts = value?.counts ?? [];
  const most = Math.max(1, ...counts);
  const first = counts.findIndex((size) => size > 0);
  const last = counts.findLastIndex((size) => size > 0);
  const bucketOf = (place: number) =>
    place < bounds.length ? `≤ ${count(bounds[place])}` : `> ${count(bounds.at(-1))}`;
  const shown = counts.map((size, place) => ({ size, place })).slice(Math.max(0, first), last + 1);
  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="legend loose">
          of <b>{count(value?.count)}</b>, median <b>{count(value?.p50)}</b>, 99 %{' '}
          <b>{count(value?.p99)}</b>
        </span>
      </figcaption>
      <div class="buckets" role="region" aria-label={`Buckets of ${title}`} tabIndex={0}>
        <table class="bars">
          <tbody>
            {shown.map(({ size, place }) => (
              <tr key={place}>
                <th scope="row" class="number">
                  {bucketOf(place)}
                </th>
                <td class="number">{count(size)}</td>
                <td class="bar-cell">
                  <MeterBar
                    label={bucketOf(place)}
                    value={size}
                    most={most}
                    text={`${count(size)} of ${count(value?.count)}`}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">{note}</p>
    </figure>
  );
}

interface HistogramProps {
  readonly title: string;
  readonly reading: Extract<Reading, { kind: 'histogram' }>;
  readonly note: string;
}
