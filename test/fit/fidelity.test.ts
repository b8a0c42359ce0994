import { type GeneratorOptions, generateChurn, presetNamed, recordedTimes } from '@panoptes/sim';
import { expect, it } from 'vitest';
import { panoptes, recording } from '../fixtures/panoptes-command.js';

const hour = 3_600_000;
const seeds = Array.from({ length: 10 }, (_, n) => `fidelity ${n}`);
/** Student's t for 95 % and 9 degrees of freedom. */
const t95 = 2.262;
const quartiles = [0.25, 0.5, 0.75];

const trace = 'skype-superpeers.avt';
/** A quarter of the trace's network, for as long: what is compared does not depend on the size. */
const share = 0.25;

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

interface FitJson {
  readonly fits: readonly {
    readonly name: string;
    readonly shape: number;
    readonly scaleHours: number;
    readonly mu: number;
    readonly sigma: number;
    readonly quartilesHours: readonly number[];
    readonly meanOnline: number;
  }[];
}

async function fitted(path: string): Promise<FitJson['fits']> {
  const { code, stdout, stderr } = await panoptes('fit', path, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return (JSON.parse(stdout) as FitJson).fits;
}

/** What is seen of one run: quartiles of the sessions that began in it, mean number of peers online. */
async function measure(
  options: GeneratorOptions,
): Promise<{ quartiles: number[]; online: number }> {
  const { durationMs } = options;
  const begun = new Map<string, number>();
  const lengths: number[] = [];
  let onlineMs = 0;
  const end = (from: number, to: number): void => {
    onlineMs += to - from;
    // One under way at the start has only what was left of it. One that began a good while before
    // the end is longer than any quartile even if the end cuts it.
    if (from > 0 && from < durationMs - 48 * hour) lengths.push((to - from) / hour);
  };
  for await (const event of generateChurn(options).events) {
    if (event.kind === 'join') begun.set(event.peer.peerId.nodeId, event.at);
    if (event.kind !== 'leave') continue;
    end(begun.get(event.nodeId)!, event.at);
    begun.delete(event.nodeId);
  }
  for (const from of begun.values()) end(from, durationMs);
  lengths.sort((a, b) => a - b);
  return {
    quartiles: quartiles.map((p) => lengths[Math.floor(p * lengths.length)]!),
    online: onlineMs / durationMs,
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
  options: Omit<GeneratorOptions, 'seed'>,
  expectedQuartiles: readonly number[],
): Promise<void> {
  const runs = [];
  for (const seed of seeds) runs.push(await measure({ ...options, seed }));
  for (const [at, expected] of expectedQuartiles.entries()) {
    const { off, give } = compare(
      runs.map((run) => run.quartiles[at]!),
      expected,
    );
    // The whole interval, not its middle alone.
    expect(off + give, `quartile ${at + 1}`).toBeLessThan(0.05);
  }
  const { off, give } = compare(
    runs.map(({ online }) => online),
    options.meanOnline,
  );
  expect(off + give, 'mean online').toBeLessThan(0.1);
}

it('runs generated from a trace’s own sessions have its quartiles and population', async (ctx) => {
  const preset = presetNamed('skype-superpeers');
  const sessions = await recordedTimes(recording(trace, ctx));
  const options = { preset, presetName: 'trace', durationMs: preset.durationMs, sessions };
  await expectFidelity({ ...options, meanOnline: share * 690.5 }, [1.54, 5.11, 13.41]);
});

it('runs generated from the model fitted to a trace have that model’s', async (ctx) => {
  const fits = await fitted(recording(trace, ctx));
  const { shape, scaleHours, quartilesHours, meanOnline } = fits.find(
    ({ name }) => name === 'weibull',
  )!;
  const skype = presetNamed('skype-superpeers');
  const preset = { ...skype, session: { shape, scaleMs: scaleHours * hour } };
  const options = { preset, presetName: 'fitted', durationMs: preset.durationMs };
  await expectFidelity({ ...options, meanOnline: share * meanOnline }, quartilesHours);
});

it('finds the published parameters of the Skype trace, within 1 %', async (ctx) => {
  const fits = await fitted(recording(trace, ctx));
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
