import { LineChart } from '../charts/line-chart.js';
import { perSecond } from '../live/history-columns.js';
import type { ObserverLine } from '../live/observer-lines.js';
import { type ObserverTraces, tracedFigures } from './observer-history.js';

/** The last quarter of an hour of an observer. */
export function ObserverCharts({ line, traces }: ObserverChartsProps) {
  const { data } = traces.figures;
  // Its memory is that of the whole program.
  const isInline = line.row.peek().host === 'inline';
  const at = () => (data.value[0] ?? []) as readonly number[];
  const values = (...figures: (typeof tracedFigures)[number][]) => [
    at(),
    ...figures.map((figure) => data.value[tracedFigures.indexOf(figure) + 1] ?? []),
  ];
  const rates = () => [at(), perSecond(at(), values('delivered')[1] ?? [])];
  return (
    <section aria-labelledby="lately">
      <h2 id="lately" class="section">
        The last quarter of an hour
      </h2>
      <div class={isInline ? 'charts' : 'charts by-four'}>
        <LineChart
          title="Lag, transactions"
          series={['lag']}
          data={() => values('lag')}
          unit="count"
        />
        <LineChart title="Handled a second" series={['handled']} data={rates} unit="rate" />
        <LineChart
          title="Handler, 99 %"
          series={['p99']}
          data={() => values('handlerP99Ms')}
          unit="ms"
        />
        {!isInline && (
          <LineChart
            title="Memory"
            series={['heap', 'external']}
            data={() => values('heapBytes', 'externalBytes')}
            unit="bytes"
          />
        )}
      </div>
    </section>
  );
}

interface ObserverChartsProps {
  readonly line: ObserverLine;
  readonly traces: ObserverTraces;
}
