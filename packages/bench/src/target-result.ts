import type { BenchDocument, BenchRow } from './bench-document.js';
import type { Target } from './target.js';
import { targets } from './targets.js';

/** How far a target was reached. */
export interface TargetResult {
  readonly target: Target;
  readonly value: number;
  readonly reached: 'stretch' | 'target' | 'missed';
}

/** Compares a document with the targets whose figures it has. */
export function compareWithTargets(
  document: Pick<BenchDocument, 'rows' | 'ratios'>,
): TargetResult[] {
  return targets.flatMap((target) => {
    const value = valueOf(target, document);
    return value === undefined ? [] : [{ target, value, reached: reachedBy(target, value) }];
  });
}

function reachedBy({ aim, target, stretch }: Target, value: number): TargetResult['reached'] {
  const reaches = (goal: number): boolean => (aim === 'at least' ? value >= goal : value <= goal);
  if (reaches(stretch)) return 'stretch';
  return reaches(target) ? 'target' : 'missed';
}

function valueOf(
  { suite, figure }: Target,
  { rows, ratios }: Pick<BenchDocument, 'rows' | 'ratios'>,
): number | undefined {
  const { metric } = figure;
  if ('to' in figure) {
    return ratios.find(
      (ratio) =>
        ratio.suite === suite &&
        ratio.metric === metric &&
        ratio.to === figure.to &&
        ratio.observers === figure.observers,
    )?.ratio;
  }
  const ours = rows.filter(
    (row) => row.suite === suite && row.metric === metric && row.system === 'panoptes',
  );
  if ('along' in figure) {
    const { along, from, until } = figure;
    const at = (size: number): BenchRow | undefined => ours.find((row) => row[along] === size);
    const first = at(from);
    const last = at(until);
    return first === undefined || last === undefined ? undefined : last.median / first.median;
  }
  if ('times' in figure) {
    const upsert = rows.find(
      (row) => row.suite === suite && row.metric === figure.times && row.peers === figure.peers,
    );
    const own = ours.find((row) => row.peers === figure.peers);
    return upsert === undefined || own === undefined ? undefined : own.median / upsert.median;
  }
  const { observers, peers } = figure;
  return ours.find(
    (row) =>
      (observers === undefined || row.observers === observers) &&
      (peers === undefined || row.peers === peers),
  )?.median;
}
