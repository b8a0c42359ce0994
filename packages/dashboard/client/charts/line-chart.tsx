import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { type ChartUnit, chartOptions, rootFontSize, units } from './chart-options.js';
import { onSchemeChange } from './chart-colours.js';
import { LiveText } from '../parts/live-text.js';

/**
 * Lines over time. The newest values stand beside the title as text, and while the pointer is in one chart,
 * those of that instant do, in all charts.
 */
export function LineChart({ title, series, data, unit, note }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  /** Which sample is pointed at. */
  const pointed = useSignal<number | null>(null);
  const shown = useSignal<ChartData>([[]]);
  const titleId = useId();

  useEffect(() => {
    const element = place.current!;
    const size = () => ({
      width: Math.max(80, element.clientWidth),
      height: Math.round(heightInRem * rootFontSize()),
    });
    const onPoint = (index: number | null) => (pointed.value = index);
    const drawn = new uPlot(
      { ...chartOptions(series, unit, onPoint), ...size() },
      mutable(shown.peek()),
      element,
    );
    plot.current = drawn;
    const resize = new ResizeObserver(() => drawn.setSize(size()));
    resize.observe(element);
    const forget = onSchemeChange(() => drawn.redraw(false, true));
    return () => {
      forget();
      resize.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, []);

  useSignalEffect(() => {
    shown.value = data();
    plot.current?.setData(mutable(shown.value));
  });

  const valueOf = (place: number) => {
    const values = shown.value[place + 1] ?? [];
    return units[unit].format(values[pointed.value ?? values.length - 1] ?? null);
  };
  return (
    <figure class="chart" aria-labelledby={titleId}>
      <figcaption>
        <span id={titleId} class="chart-title">
          {title}
        </span>
        {series.map((label, index) => (
          <span key={label} class="legend">
            {series.length > 1 && <span class={`key key-${index + 1}`} />}
            {series.length > 1 && label}{' '}
            <b>
              <LiveText of={() => valueOf(index)} />
            </b>
          </span>
        ))}
      </figcaption>
      <div class="plot" ref={place} aria-hidden="true" />
      <p class="unseen">
        <LiveText of={() => inWords(shown.value, series, units[unit].format)} />
      </p>
      {note !== undefined && <p class="note">{note}</p>}
    </figure>
  );
}

/** What a chart shows, for those who do not see it. */
function inWords(
  [at = [], ...lines]: ChartData,
  series: readonly string[],
  format: (value: number | null) => string,
): string {
  const first = at[0];
  const last = at.at(-1);
  if (typeof first !== 'number' || typeof last !== 'number') return 'Nothing yet.';
  const ranges = lines.map((values, place) => {
    let [least, most]: [number | null, number | null] = [null, null];
    for (const value of values) {
      if (value === null) continue;
      if (least === null || value < least) least = value;
      if (most === null || value > most) most = value;
    }
    return `${series[place]} from ${format(least)} to ${format(most)}`;
  });
  return `${Math.round(last - first)} seconds: ${ranges.join(', ')}.`;
}

/** Unix seconds, then as many values for each series. */
export type ChartData = readonly (readonly (number | null)[])[];

interface LineChartProps {
  readonly title: string;
  /** What each line is called. */
  readonly series: readonly string[];
  /** Reads signals: when one of them changes, the chart is drawn anew. */
  readonly data: () => ChartData;
  readonly unit: ChartUnit;
  /** What it says, in a sentence. */
  readonly note?: string;
}

/** It reads them only. */
const mutable = (data: ChartData): uPlot.AlignedData => data as unknown as uPlot.AlignedData;

const heightInRem = 9.4;
