import { type ChurnSource, prepareScenario, presetNamed } from '@panoptes/sim';
import { expect, it, vi } from 'vitest';
import { panoptes, recording } from '../fixtures/panoptes-command.js';

// Ten runs of four weeks each are a minute's work on a machine at rest.
vi.setConfig({ testTimeout: 900_000 });

const hour = 3_600_000;
const seeds = Array.from({ length: 10 }, (_, n) => `fidelity ${n}`);
/** Student's t for 95 % and 9 degrees of freedom. */
const t95 = 2.262;
const quartiles = [0.25, 0.5, 0.75];

const trace = 'skype-superpeers.avt';
/** A quarter of the trace's network, for as long: what is compared does not depend on the size. */
const share = 0.25;

const skype = presetNamed('skype-superpeers');
const { durationMs } = skype;

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

interface FitJson {
  readonly observed: { readonly activeOver5h: number };
  readonly fits: readonly {
    readonly name: string;
    readonly shape: number;
    readonly scaleHours: number;
    readonly mu: number;
    readonly sigma: number;
    readonly quartilesHours: readonly number[];
    readonly meanOnline: number;
    readonly activeOver5h: number;
  }[];
}

async function fitted(path: string): Promise<FitJson> {
  const { code, stdout, stderr } = await panoptes('fit', path, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as FitJson;
}

/** What is expected of runs, and seen of one. */
interface Figures {
  /** Of the sessions that began in it, in hours. */
  readonly quartiles: readonly number[];
  /** Mean number of peers. */
  readonly online: number;
  /** Share of the peers online that have been up for more than 5 h. */
  readonly activeOver5h: number;
}

async function measure({ events }: ChurnSource): Promise<Figures> {
  const begun = new Map<string, number>();
  const lengths: number[] = [];
  let onlineMs = 0;
  const end = (from: number, to: number): void => {
    onlineMs += to - from;
    // One under way at the start has only what was left of it. One that began a good while before
    // the end is longer than any quartile even if the end cuts it.
    if (from > 0 && from < durationMs - 48 * hour) lengths.push((to - from) / hour);
  };
  for await (const event of events) {
    if (event.kind === 'join') begun.set(event.peer.peerId.nodeId, event.at);
    if (event.kind !== 'leave') continue;
    end(begun.get(event.nodeId)!, event.at);
    begun.delete(event.nodeId);
  }
  for (const from of begun.values()) end(from, durationMs);
  lengths.sort((a, b) => a - b);
  const sum = (some: readonly number[]): number => some.reduce((total, one) => total + one, 0);
  return {
    quartiles: quartiles.map((p) => lengths[Math.floor(p * lengths.length)]!),
    online: onlineMs / durationMs,
    activeOver5h: sum(lengths.map((length) => Math.max(0, length - 5))) / sum(lengths),
  };
}

/** The mean over all seeds, and half the width of its 95 % interval, both as parts of `expected`. */
function compare(figures: readonly number[], expected: number): { off: number; give: number } {
  const middle = mean(figures);
  const squares = figures.reduce((sum, figure) => sum + (figure - middle) ** 2, 0);
  const deviation = Math.sqrt(squares / (figures.length - 1));
  const give = (t95 * deviation) / Math.sqrt(figures.length);
  return { off: Math.abs(middle / expected - 1), give: give / expected };
}

async function expectFidelity(
  churnOf: (seed: string) => Promise<ChurnSource>,
  expected: Figures,
): Promise<void> {
  const runs: Figures[] = [];
  for (const seed of seeds) runs.push(await measure(await churnOf(seed)));
  const expectWithin = (part: number, of: (figures: Figures) => number, what: string): void => {
    const { off, give } = compare(runs.map(of), of(expected));
    // The whole interval, not its middle alone.
    expect(off + give, what).toBeLessThan(part);
  };
  for (const at of quartiles.keys()) {
    expectWithin(0.05, (figures) => figures.quartiles[at]!, `quartile ${at + 1}`);
  }
  expectWithin(0.05, ({ activeOver5h }) => activeOver5h, 'active for more than 5 h');
  expectWithin(0.1, ({ online }) => online, 'mean online');
}

/** A scenario of nothing but peers that come and go. */
async function scenarioOf(sessions: object, peers: number, seed: string): Promise<ChurnSource> {
  const scenario = {
    version: 1,
    seed,
    population: { peers: Math.round(peers), availability: 0.332 },
    sessions,
    updates: {},
    topology: { model: 'none' },
    phases: [{ kind: 'steady', duration: `${durationMs}ms` }],
  };
  const text = JSON.stringify(scenario);
  return (await prepareScenario({ file: 'fidelity.json', text, overrides: [] })).churn;
}

it('runs from a trace’s own sessions have its quartiles and population', async (ctx) => {
  const path = recording(trace, ctx);
  const { activeOver5h } = (await fitted(path)).observed;
  const online = share * skype.meanOnline;
  const empirical = { distribution: 'empirical', trace: path };
  await expectFidelity((seed) => scenarioOf(empirical, online, seed), {
    quartiles: [1.54, 5.11, 13.41],
    online,
    activeOver5h,
  });
});

it('runs from the model fitted to a trace have that model’s', async (ctx) => {
  const { fits } = await fitted(recording(trace, ctx));
  const fit = fits.find(({ name }) => name === 'weibull')!;
  const { shape, scaleHours, quartilesHours, activeOver5h } = fit;
  const online = share * fit.meanOnline;
  const weibull = { distribution: 'weibull', shape, scale: `${scaleHours.toFixed(6)}h` };
  await expectFidelity((seed) => scenarioOf(weibull, online, seed), {
    quartiles: quartilesHours,
    online,
    activeOver5h,
  });
});

it('finds the published parameters of the Skype trace, within 1 %', async (ctx) => {
  const { fits } = await fitted(recording(trace, ctx));
  const weibull = fits.find(({ name }) => name === 'weibull')!;
  const lognormal = fits.find(({ name }) => name === 'lognormal')!;
  for (const [got, published] of [
    [weibull.shape, 0.644],
    [weibull.scaleHours, 10.86],
    [lognormal.mu, 1.597],
    [lognormal.sigma, 1.566],
  ] as const) {
    expect(Math.abs(got / published - 1)).toBeLessThan(0.01);
  }
  expect(fits.map(({ name }) => name)).toEqual(['lognormal', 'weibull', 'exponential', 'pareto']);
});
