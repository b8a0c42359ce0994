import { quantileSorted } from 'simple-statistics';
import type { ChurnSource } from '../churn/churn-source.js';
import type { Skipped } from '../traces/skipped.js';
import { TraceError } from '../traces/trace-error.js';
import { ksDistance } from './kolmogorov-smirnov.js';
import { fitModels } from './maximum-likelihood.js';
import type { SessionModel } from './session-models.js';
import { type CutTreatment, readSessions } from './session-sample.js';

/** A model with the parameters that make the trace's sessions most likely. */
export interface SessionFit extends SessionFigures {
  readonly name: SessionModel['name'];
  readonly shape?: number;
  readonly scaleHours?: number;
  readonly mu?: number;
  readonly sigma?: number;
  readonly minimumHours?: number;
  /** Kolmogorov–Smirnov distance from the trace's sessions. */
  readonly ks: number;
  readonly logLikelihood: number;
}

/** The version of the document that `fit --json` prints; it changes when a field's meaning does. */
const fitSchema = 'panoptes.fit/1';

/** Fewer sessions than this say nothing about a distribution. */
const fewestSessions = 10;

/** "Up for long" in published figures of the inspection paradox. */
const longHours = 5;

const quartiles = [0.25, 0.5, 0.75] as const;

/** Figures of session lengths, of a trace or of a model of it. */
export interface SessionFigures {
  /** Null when there is none: a Pareto distribution of shape 1 or less. */
  readonly meanHours: number | null;
  readonly quartilesHours: readonly number[];
  /**
   * Mean number of peers online: arrivals an hour × mean session, by Little's law. Null without a
   * mean.
   */
  readonly meanOnline: number | null;
  /** The share of sessions that last longer than 5 hours. */
  readonly sessionsOver5h: number;
  /** The share of peers online at a random moment that have been so for longer than 5 hours. */
  readonly activeOver5h: number | null;
}

/** What `panoptes fit` found, as `--json` prints it. */
export interface FitDocument {
  readonly schema: typeof fitSchema;
  readonly trace: { readonly name: string; readonly kind: string };
  readonly cut: CutTreatment;
  /** Entries of the trace that could not be taken, if there were any. */
  readonly skipped?: Skipped;
  readonly sessions: {
    /** That the models were fitted to. */
    readonly count: number;
    readonly cutAtStart: number;
    readonly cutAtEnd: number;
    /** Without length, and left out. */
    readonly empty: number;
  };
  readonly spanHours: number;
  /** The mean that was counted, over all sessions. */
  readonly meanOnline: number;
  readonly observed: SessionFigures;
  /** Nearest to the trace first. */
  readonly fits: readonly SessionFit[];
}

/**
 * Fits models to the session lengths of a trace and compares them with it.
 *
 * @throws {TraceError} when the trace is bad, or has too few sessions to fit anything to
 */
export async function fitSessions(source: ChurnSource, cut: CutTreatment): Promise<FitDocument> {
  const sample = await readSessions(source, cut);
  const { skipped } = source;
  const { lengths, cutAtStart, cutAtEnd, empty, spanHours, meanOnline } = sample;
  const problem = unfit(lengths);
  if (problem !== undefined) throw new TraceError({ file: source.name }, problem);
  const arrivalsPerHour = lengths.length / spanHours;
  return {
    schema: fitSchema,
    trace: { name: source.name, kind: source.kind },
    cut,
    ...(skipped !== undefined &&
      skipped.count > 0 && { skipped: { count: skipped.count, first: skipped.first } }),
    sessions: { count: lengths.length, cutAtStart, cutAtEnd, empty },
    spanHours,
    meanOnline,
    observed: figuresOf(observedIn(lengths), arrivalsPerHour),
    fits: fitModels(lengths)
      .map((model) => ({
        name: model.name,
        ...model.parameters,
        ...figuresOf(model, arrivalsPerHour),
        ks: ksDistance(lengths, (x) => model.cdf(x)),
        logLikelihood: lengths.reduce((sum, x) => sum + model.logDensity(x), 0),
      }))
      .sort((a, b) => a.ks - b.ks),
  };
}

function unfit(lengths: readonly number[]): string | undefined {
  if (lengths.length < fewestSessions) {
    return `expected at least ${fewestSessions} sessions to fit to, got ${lengths.length}`;
  }
  if (lengths[0] !== lengths.at(-1)) return undefined;
  return `expected sessions of different lengths, got ${lengths.length} of ${lengths[0]!} h each`;
}

type Described = Pick<SessionModel, 'meanHours' | 'quantile' | 'cdf' | 'meanBeyond'>;

function observedIn(lengths: readonly number[]): Described {
  const mean = (of: (x: number) => number): number =>
    lengths.reduce((sum, x) => sum + of(x), 0) / lengths.length;
  return {
    meanHours: mean((x) => x),
    quantile: (p) => quantileSorted(lengths, p),
    cdf: (x) => mean((length) => (length <= x ? 1 : 0)),
    meanBeyond: (x) => mean((length) => Math.max(0, length - x)),
  };
}

function figuresOf(described: Described, arrivalsPerHour: number): SessionFigures {
  const { meanHours } = described;
  const hasMean = Number.isFinite(meanHours);
  return {
    meanHours: hasMean ? meanHours : null,
    quartilesHours: quartiles.map((p) => described.quantile(p)),
    meanOnline: hasMean ? arrivalsPerHour * meanHours : null,
    sessionsOver5h: 1 - described.cdf(longHours),
    activeOver5h: hasMean ? described.meanBeyond(longHours) / meanHours : null,
  };
}
