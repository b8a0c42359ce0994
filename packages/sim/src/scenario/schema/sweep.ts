import { z } from 'zod';
import { duration } from './quantities.js';

/** Values of a key on one axis, at most; also points of a sweep in all. */
const mostValues = 10_000;
const mostKeys = 16;
const expected =
  'expected a list, a range such as 2..200 step 2, or log(10..1e6), which may end in points 11';

const range = z
  .string(expected)
  .regex(/^(?:log\(.+\)(?: points \d+)?|.+\.\.\S+(?: step .+)?)$/, expected)
  .transform((text, context): Values => {
    const values = stepped(text) ?? logarithmic(text);
    if (values !== undefined && values.length > 0) return values;
    context.addIssue(`${expected}, rising, of at most ${mostValues} values`);
    return z.NEVER;
  });

const axes = z
  .record(
    z
      .string()
      .regex(/^\w[\w-]*(?:\.[\w-]+)*$/, 'expected the path of a key, such as population.peers'),
    z.union([range, z.array(z.unknown()).min(1).max(mostValues)]),
  )
  .refine((keys) => Object.keys(keys).length <= mostKeys, `expected at most ${mostKeys} keys`);

/** Runs of the scenario with other values. */
export const sweep = z
  .strictObject({
    grid: axes.default({}).describe('Keys and their values: every combination is run.'),
    zip: axes
      .default({})
      .refine((keys) => new Set(Object.values(keys).map(({ length }) => length)).size <= 1, {
        error: 'expected as many values of each key',
      })
      .describe('Keys whose values go together: the first of each, the second of each, and so on.'),
    replications: z
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe('Runs of each point, each with a seed of its own.'),
    threads: z.int().min(1).max(64).default(2).describe('Runs at a time, each on a thread.'),
    timeLimit: duration().prefault('10m').describe('Real time that one run may take.'),
    figures: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(32)
      .default(['events', 'peers.mean', 'peers.peak', 'peers.distinct'])
      .describe('Figures of the summary to tabulate.'),
  })
  .refine(
    ({ grid, zip, replications }) =>
      Object.keys(grid).length + Object.keys(zip).length > 0 || replications > 1,
    'expected a grid, a zip or replications',
  )
  .superRefine(({ grid, zip }, context) => {
    const keys = [
      ...Object.keys(grid).map((key) => ({ axis: 'grid', key })),
      ...Object.keys(zip).map((key) => ({ axis: 'zip', key })),
    ];
    for (const [at, { axis, key }] of keys.entries()) {
      const message = keyProblem(
        key,
        keys.slice(0, at).map((other) => other.key),
      );
      if (message !== undefined) context.addIssue({ code: 'custom', path: [axis, key], message });
    }
  });

const number = String.raw`-?\d+(?:\.\d+)?(?:e\d+)?`;
const stepForm = new RegExp(String.raw`^(${number})\.\.(${number})(?: step (${number}))?$`);
const logForm = new RegExp(String.raw`^log\((${number})\.\.(${number})\)(?: points (\d+))?$`);

/** What a key of the scenario may be in turn: scalars, or whole sections. */
type Values = readonly unknown[];

/** `2..200 step 2`: both ends included where the step meets them. */
function stepped(text: string): Values | undefined {
  const [, low, high, by = '1'] = stepForm.exec(text) ?? [];
  const [from, to, step] = [Number(low), Number(high), Number(by)];
  const steps = Math.floor((to - from) / step + 1e-9);
  if (!(step > 0) || !(steps >= 0) || steps >= mostValues) return undefined;
  return Array.from({ length: steps + 1 }, (_, at) => rounded(from + at * step));
}

/** `log(10..1e6)`: evenly on a logarithmic scale, one a decade unless told how many. */
function logarithmic(text: string): Values | undefined {
  const [, low, high, points] = logForm.exec(text) ?? [];
  const [from, to] = [Math.log10(Number(low)), Math.log10(Number(high))];
  if (!(from < to)) return undefined;
  const size = points === undefined ? Math.max(2, Math.round(to - from) + 1) : Number(points);
  if (size < 2 || size > mostValues) return undefined;
  return Array.from({ length: size }, (_, at) => {
    const value = 10 ** (from + ((to - from) * at) / (size - 1));
    // Most of what is swept is counted in whole things.
    return value >= 10 ? Math.round(value) : rounded(value);
  });
}

const rounded = (value: number): number => Number(value.toPrecision(12));

/** Sections that a run does not have, or that say what the file is. */
const notSwept = ['sweep', 'version'];

/** Why a key cannot be varied beside those before it: one of the two would have no effect. */
function keyProblem(key: string, before: readonly string[]): string | undefined {
  const [section] = key.split('.');
  if (notSwept.includes(section!)) return `expected a key of a run, got '${key}'`;
  const other = before.find(
    (one) => one === key || one.startsWith(`${key}.`) || key.startsWith(`${one}.`),
  );
  return other === undefined ? undefined : `expected keys apart, got '${key}' and '${other}'`;
}

export type SweepSpec = z.output<typeof sweep>;
