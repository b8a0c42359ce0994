import { describe, expect, it } from 'vitest';
import { jsonText } from './printable.js';
import { compareRuns, formatComparison, isWithinTolerance } from './run-comparison.js';
import { aRun } from './run-document.fixture.js';
import { plain } from './screens.fixture.js';

describe('a comparison of two runs', () => {
  it('has the figures that both have, with their change, and says whether the logs are equal', () => {
    const other = { ...aRun, events: 90, logDigest: 'dd', phases: aRun.phases.slice(0, 1) };
    const { isSameLog, figures } = compareRuns(aRun, other);
    expect(isSameLog).toBe(false);
    expect(figures).toContainEqual({
      ...{ figure: 'events', kind: 'simulated', before: 60, after: 90, change: 0.5 },
      isWithin: false,
    });
    expect(figures.some(({ figure }) => figure.startsWith('phases.crowd'))).toBe(false);
    expect(compareRuns(aRun, aRun).isSameLog).toBe(true);
    expect(
      compareRuns(aRun, aRun).figures.every(({ change }) => change === 0 || change === null),
    ).toBe(true);
  });

  it('keeps what is simulated, which must be equal, apart from what is timed, within a tolerance', () => {
    const timed = ['durationMs', 'upsertsPerSecond', 'latencyMs.p99', 'memory.peakRssMiB'];
    const kindOf = new Map(compareRuns(aRun, aRun).figures.map((one) => [one.figure, one.kind]));
    for (const figure of [...timed, 'observers.mesh.latencyMs.p50', 'observers.mesh.lag']) {
      expect([figure, kindOf.get(figure)]).toEqual([figure, 'timed']);
    }
    for (const figure of ['events', 'peers.mean', 'phases.warm-up.peers.mean', 'virtualMs']) {
      expect([figure, kindOf.get(figure)]).toEqual([figure, 'simulated']);
    }
    const slower = { ...aRun, durationMs: aRun.durationMs * 1.2 };
    expect(isWithinTolerance(compareRuns(aRun, slower))).toBe(true);
    expect(isWithinTolerance(compareRuns(aRun, slower, 25))).toBe(true);
    expect(isWithinTolerance(compareRuns(aRun, slower, 15))).toBe(false);
    expect(isWithinTolerance(compareRuns(aRun, { ...slower, events: 1 }, 25))).toBe(false);
  });

  it('holds the figures of observers’ own to be simulated, by whatever name', () => {
    const [mesh] = aRun.observers;
    const [links, ...rest] = mesh!.metrics!;
    const withLinks = (id: string, value: number) => ({
      ...aRun,
      observers: [{ ...mesh!, metrics: [{ ...links!, id, value }, ...rest] }],
    });
    for (const id of ['links', 'lag', 'restarts']) {
      const { figures } = compareRuns(withLinks(id, 12), withLinks(id, 13), 99);
      expect(figures).toContainEqual({
        ...{ figure: `observers.mesh.metrics.${id}`, kind: 'simulated', before: 12, after: 13 },
        ...{ change: 1 / 12, isWithin: false },
      });
    }
    const own = compareRuns(aRun, aRun).figures.flatMap(({ figure }) =>
      figure.includes('.metrics.') ? [figure.replace('observers.mesh.metrics.', '')] : [],
    );
    // What is not known is not compared.
    expect(own).toEqual(['links', 'sizes.count', 'sizes.mean', 'sizes.p50']);
  });

  it('counts digests, verdicts and observers that differ, and digests that one does not know as unknown', () => {
    const [first, ...rest] = aRun.observers;
    const others = {
      verdict: {
        ...aRun,
        verdict: aRun.verdict === 'pass' ? ('fail' as const) : ('pass' as const),
      },
      registry: { ...aRun, registryDigest: 'another' },
      log: { ...aRun, logDigest: 'another' },
      observers: { ...aRun, observers: rest },
      [`observer ${first!.name}`]: { ...aRun, observers: [{ ...first!, digest: 'x' }, ...rest] },
    };
    for (const [what, other] of Object.entries(others)) {
      for (const comparison of [compareRuns(aRun, other, 99), compareRuns(other, aRun, 99)]) {
        expect(comparison.differences.map((one) => one.what)).toEqual([what]);
        expect(isWithinTolerance(comparison)).toBe(false);
      }
    }
    const unknown = compareRuns(aRun, { ...aRun, logDigest: null }, 99);
    expect(unknown).toMatchObject({ isSameLog: null, differences: [] });
    expect(isWithinTolerance(unknown)).toBe(true);
  });

  it('cuts long digests in its table, where they differ, and nowhere else', () => {
    const long = 'ab'.repeat(32);
    const withDigest = (digest: string) => ({
      ...aRun,
      logDigest: digest,
      observers: aRun.observers.map((one) => ({ ...one, digest: `${long}-${digest}` })),
    });
    const comparison = compareRuns(withDigest(`1${long}`), withDigest(`2${long}`));
    const text = formatComparison(comparison, plain);
    expect(text).toMatch(/log +│ 1abababababababa… +│ 2abababababababa…/);
    expect(text).toMatch(/observer mesh +│ …bab-1abab\S+… +│ …bab-2abab/);
    expect(text).not.toContain(long);
    expect(jsonText(comparison, 2)).toContain(long);
  });
});
