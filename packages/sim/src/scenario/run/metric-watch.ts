import { maxMetrics, type MetricFigure, messageOf, type ObserverMetrics } from '@panoptes/core';
import type { ObserverPort } from '../../driver/registry-port.js';
import { partValues } from '../../report/metric-parts.js';
import type { RunMetric } from '../../report/run-document.js';

/**
 * Reads the figures of the observers' own while nothing is outstanding, all at the last transaction: so
 * what a figure says of the peers follows from scenario and seed. One that cannot be read is not known
 * then, and nothing else suffers.
 */
export class MetricWatch {
  readonly #observers = new Map<string, Measured>();
  /** Whether something was sent since they were read. */
  #isStale = true;

  /** Takes in an observer that was registered. */
  add(port: ObserverPort): void {
    const observer = { port, figures: [], latest: undefined, problem: undefined };
    this.#observers.set(port.name, observer);
    noteFigures(observer);
  }

  /** As they were described first, those of later incarnations after them. */
  figuresOf(name: string): readonly MetricFigure[] {
    return this.#observers.get(name)?.figures ?? [];
  }

  /** What was read is not how it is any more. */
  sent(): void {
    this.#isStale = true;
  }

  /**
   * Reads all of them, of all observers at a time, after transaction `seq`. Before the first one there is
   * no network that they could tell of.
   *
   * @returns nothing when there is nothing to wait for
   */
  look(seq: number): Promise<void> | undefined {
    if (seq === 0) return undefined;
    const all = [...this.#observers.values()].filter((one) => {
      noteFigures(one);
      return one.figures.length > 0;
    });
    if (all.length === 0) return undefined;
    return Promise.all(all.map((one) => read(one, seq))).then(() => {
      this.#isStale = false;
    });
  }

  /** The numbers that those of an observer are followed by; null where one is not known. */
  partsOf(name: string): (number | null)[] {
    return this.metricsOf(name).flatMap((metric) => partValues(metric, metric.value));
  }

  /** What they are, each with why it is not known. */
  metricsOf(name: string): RunMetric[] {
    const { figures = [], latest, problem } = this.#observers.get(name) ?? {};
    const readings = new Map(latest?.readings.map((reading) => [reading.id, reading]));
    return figures.map((figure): RunMetric => {
      const reading = this.#isStale ? undefined : readings.get(figure.id);
      if (reading !== undefined && reading.kind !== figure.kind) {
        return {
          ...figure,
          value: null,
          problem: `it was a ${figure.kind}, and is a ${reading.kind}`,
        };
      }
      if (reading?.value !== undefined) return { ...figure, value: reading.value };
      const ended = this.#isStale ? 'the run ended before it could be read' : problem;
      const why = ended ?? reading?.error?.message ?? 'the observer does not describe it any more';
      return { ...figure, value: null, problem: why.slice(0, mostCharacters) };
    });
  }
}

/** An observer, and what it said last. */
interface Measured {
  readonly port: ObserverPort;
  /** As it described each first. */
  readonly figures: MetricFigure[];
  latest: ObserverMetrics | undefined;
  /** Why it could not be asked. */
  problem: string | undefined;
}

async function read(measured: Measured, after: number): Promise<void> {
  measured.latest = undefined;
  measured.problem = undefined;
  try {
    measured.latest = await measured.port.metrics({ after });
  } catch (error) {
    measured.problem = messageOf(error);
  }
  noteFigures(measured);
}

/** Takes in what an incarnation describes and none did before. */
function noteFigures({ port, figures }: Measured): void {
  for (const figure of port.metricFigures) {
    if (figures.length === mostFigures) return;
    if (!figures.some(({ id }) => id === figure.id)) figures.push(figure);
  }
}

/** Figures of an observer in all its incarnations that are shown. */
const mostFigures = 4 * maxMetrics;

/** Longest reason that is kept. */
const mostCharacters = 500;
