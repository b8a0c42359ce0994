import type { RunDocument } from '../run-document.js';
import type { CourseChart } from './course-chart.js';

/** The charts of a run's course. */
export interface RunCharts {
  readonly population: CourseChart;
  readonly churn: CourseChart;
  readonly throughput: CourseChart;
  readonly memory: CourseChart;
}

const minuteMs = 60_000;
const secondMs = 1_000;
/** Rates of real time are taken over so many samples: one alone is too short to say much. */
const samplesOfRate = 8;
/** Churn is noisy from one sample to the next. */
const samplesOfChurn = 4;

/** Makes the charts of what was sampled. */
export function runCharts({ series, peers }: RunDocument): RunCharts {
  const { at, realMs, online, joins, leaves, updates, rssMiB } = series;
  const events = at.map((_, sample) => joins[sample]! + leaves[sample]! + updates[sample]!);
  return {
    population: {
      title: 'Peers online',
      unit: 'peers',
      isFilled: true,
      // The first sample is taken before the first event, and who is there from the start comes with it.
      lines: [{ name: 'online', values: [peers.initial, ...online.slice(1)].slice(0, at.length) }],
    },
    churn: {
      title: 'Churn',
      unit: 'a minute of virtual time',
      lines: [
        { name: 'joins', values: rates(joins, at, minuteMs, samplesOfChurn) },
        { name: 'leaves', values: rates(leaves, at, minuteMs, samplesOfChurn) },
        { name: 'updates', values: rates(updates, at, minuteMs, samplesOfChurn) },
      ],
    },
    throughput: {
      title: 'Throughput',
      unit: 'events a second of real time',
      isFilled: true,
      lines: [{ name: 'events', values: rates(events, realMs, secondMs, samplesOfRate) }],
    },
    memory: {
      title: 'Memory',
      unit: 'MiB',
      isFilled: true,
      lines: [{ name: 'resident', values: rssMiB }],
    },
  };
}

/**
 * How fast a count grew up to each sample.
 *
 * @param per - milliseconds that the rate is for
 * @param over - samples that it is taken over
 */
function rates(
  counts: readonly number[],
  times: readonly number[],
  per: number,
  over: number,
): number[] {
  return counts.map((count, sample) => {
    const before = Math.max(0, sample - over);
    const elapsed = times[sample]! - times[before]!;
    return elapsed > 0 ? ((count - counts[before]!) * per) / elapsed : 0;
  });
}
