import { disagreementText } from '../agreement-text.js';
import { type Markup, markup, nothing } from '../markup.js';
import { printedLatency } from '../printed-latency.js';
import type { RunDocument } from '../run-document.js';
import { runLatencies } from '../run-latencies.js';
import { inBothFrames } from './chart-parts.js';
import { drawLatencies } from './latency-chart.js';
import { drawStrips, lagStrips, memoryStrips, type ObserverStrips } from './observer-strips.js';
import { drawTimeline, statesShown } from './observer-timeline.js';
import { type Cell, figure, legend, note, section, table, verdictMark } from './page.js';
import { shortAmount, timeLabel } from './scales.js';
import { stateSwatch } from './state-styles.js';

/** States of the observers over time, and the result of each. */
export function observerSection(run: RunDocument): Markup {
  const states = statesShown(run).map((state) => [stateSwatch(state), state] as const);
  const rows = run.observers.map((one): Cell[] => [
    one.name,
    one.state,
    one.delivered,
    one.lag,
    one.resyncs,
    one.restarts,
    markup`<code>${one.digest?.slice(0, 16) ?? 'none'}</code>`,
    one.notCompared === true && one.problem === undefined
      ? 'not compared'
      : verdictMark(one.digestMatches === true, disagreementText(one)),
  ]);
  return section(
    'Observers',
    note('State at each sample. A triangle marks restarts, a ring resyncs, a cross a fault.'),
    figure(
      run.series.observers.map(({ name, state }) => ({ name, values: state })),
      legend(states),
      inBothFrames((frame) => drawTimeline(run, frame)),
    ),
    table(
      ['observer', 'state', 'delivered', 'lag', 'resyncs', 'restarts', 'digest', 'agrees'],
      rows,
    ),
  );
}

/** How far each observer was behind. */
export const lagSection = (run: RunDocument): Markup =>
  stripSection(
    lagStrips,
    'Transactions that each was behind at each sample: the darker, the more.',
    run,
  );

/** How much memory each observer took, where the document has it. */
export const memorySection = (run: RunDocument): Markup =>
  run.series.observers.every((own) => memoryStrips.courseOf(own).length === 0)
    ? nothing
    : stripSection(
        memoryStrips,
        'Heap and buffers of each one’s thread at each sample: the darker, the more. Not known of observers on the registry’s thread, and between two incarnations.',
        run,
      );

function stripSection(strips: ObserverStrips, about: string, run: RunDocument): Markup {
  const signs = strips.steps.map(
    ({ from, opacity }) =>
      [
        markup`<i class="block" style="background:var(--c0);opacity:${opacity}"></i>`,
        `from ${shortAmount(from)}${strips.unit}`,
      ] as const,
  );
  return section(
    strips.title,
    note(about),
    figure(
      run.series.observers.map((own) => ({ name: own.name, values: strips.courseOf(own) })),
      legend(signs),
      inBothFrames((frame) => drawStrips(strips, run, frame)),
    ),
    phaseTable(strips, run),
  );
}

/** Mean and most in each phase: a column for each. */
const phaseTable = (
  { inPhase, unit }: ObserverStrips,
  { observers, phases }: RunDocument,
): Markup =>
  table(
    ['mean and most', ...phases.map(({ name }) => name)],
    observers.map(({ name }): Cell[] => [
      name,
      ...phases.map((phase) => {
        const own = phase.observers.find((one) => one.name === name);
        const { mean, max } = (own && inPhase(own)) ?? { mean: null, max: null };
        if (mean === null || max === null) return { number: 'none' };
        return { number: `${shortAmount(mean)}, ${shortAmount(max)}${unit}` };
      }),
    ]),
  );

/** How long commits took, and changes to each observer. */
export function latencySection(run: RunDocument): Markup {
  const latencies = runLatencies(run);
  return section(
    'Latency',
    note(
      'Of commits: from sending a command to its answer, with no other outstanding. Of observers, ' +
        'under the load of the run: from that answer to when the observer has handled the ' +
        'change; 0 where it has before. Bars are dark up to the median, light up to the 99th ' +
        'percentile, with a line at the longest.',
    ),
    figure(
      [],
      nothing,
      inBothFrames((frame) => drawLatencies(latencies, frame)),
    ),
    table(
      ['latency of', 'timed', 'p50', 'p90', 'p99', 'longest'],
      latencies.map(({ name, figures: { count, p50, p90, p99, max } }): Cell[] => [
        name,
        count,
        ...[p50, p90, p99, max].map((ms) => ({ number: printedLatency(ms) })),
      ]),
    ),
  );
}

/** What was done to the observers on purpose. */
export function faultSection({ faults }: RunDocument): Markup {
  if (faults.length === 0) return nothing;
  return section(
    'Faults',
    table(
      ['fault', 'observer', 'at', 'transaction'],
      faults.map(({ fault, observer, atMs, seq }): Cell[] => [
        fault,
        observer,
        timeLabel(atMs),
        seq ?? { number: 'not struck' },
      ]),
    ),
  );
}

/** Which incarnations of observers ended unexpectedly. */
export function incidentSection({ incidents }: RunDocument): Markup {
  if (incidents.length === 0) return nothing;
  return section(
    'Ends of incarnations',
    note(
      'Why incarnations of observers ended unexpectedly: when in virtual time, how long in real time ' +
        'after the fault it was noticed, and how long until the observer was live again.',
    ),
    table(
      [
        'observer',
        'incarnation',
        'ended by',
        'why',
        'fault',
        'at',
        'noticed after',
        'live again after',
      ],
      incidents.map((one): Cell[] => [
        one.observer,
        one.incarnation,
        markup`<code>${one.code}</code>`,
        one.message,
        one.fault ?? 'none',
        timeLabel(one.atMs),
        { number: one.detectMs === null ? 'none' : printedLatency(one.detectMs) },
        { number: one.recoverMs === null ? 'never' : printedLatency(one.recoverMs) },
      ]),
    ),
  );
}
