import { LineChart } from '../charts/line-chart.js';
import { historyColumns, perSecond } from '../live/history-columns.js';

/** The last quarter of an hour of the registry. */
export function OverviewCharts() {
  return (
    <section aria-label="The last quarter of an hour">
      <div class="charts">
        <LineChart
          title="Commits a second"
          series={['commits']}
          data={() => rates('committed')}
          unit="rate"
        />
        <LineChart
          title="Refused a second"
          series={['rejected', 'vetoed']}
          data={() => rates('rejected', 'vetoed')}
          unit="rate"
        />
        <LineChart
          title="From command to outcome"
          series={['p50', 'p99']}
          data={() => values('commitP50Ms', 'commitP99Ms')}
          unit="ms"
        />
        <LineChart
          title="Event-loop delay"
          series={['delay']}
          data={() => values('eventLoopDelayMs')}
          unit="ms"
        />
        <LineChart
          title="Lag of the slowest, transactions"
          series={['transactions']}
          data={() => values('maxLag')}
          unit="count"
        />
        <LineChart
          title="In the registry"
          series={['peers', 'waiting']}
          data={() => values('peers', 'waiting')}
          unit="count"
        />
        <LineChart
          title="Log written a second"
          series={['bytes']}
          data={() => rates('writtenBytes')}
          unit="bytes"
        />
      </div>
    </section>
  );
}

function values(...names: string[]) {
  const { at, column } = historyColumns.value;
  return [at, ...names.map(column)];
}

function rates(...names: string[]) {
  const { at, column } = historyColumns.value;
  return [at, ...names.map((name) => perSecond(at, column(name)))];
}
