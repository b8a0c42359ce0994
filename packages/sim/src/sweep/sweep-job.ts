import { createHash } from 'node:crypto';
import { messageOf, packageVersion } from '@panoptes/core';
import { z } from 'zod';
import { mostScenarioBytes } from '../scenario/file/scenario-document.js';

/** What workers are told of a sweep. */
export type SweepJob = z.output<typeof jobShape>;

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal digits');
const text = z.string().max(4_096);
const override = z.strictObject({ key: text, value: z.unknown() });

/** A place in the tree of a sweep's files, which is nowhere else. */
const place = text.refine(
  (path) =>
    path !== '' &&
    !/[\0\\]/.test(path) &&
    path.split('/').every((part) => !['', '.', '..'].includes(part)),
  'expected a path within the tree of the sweep',
);

const sentFile = z.strictObject({ path: place, hash, bytes: z.int().min(0) });

const jobShape = z.strictObject({
  schema: z.literal('panoptes.sweep-job/1'),
  /** The version of Panoptes and the major one of Node with which results are equal. */
  panoptes: text,
  node: z.int(),
  /** What the scenario is called. */
  name: z.string(),
  /** The scenario's own file, as its user named it, and in the tree. */
  file: text,
  scenario: sentFile.extend({
    bytes: z
      .int()
      .min(0)
      .max(4 * mostScenarioBytes),
  }),
  overrides: z.array(override),
  reading: z.strictObject({ strict: z.boolean(), maxInputBytes: z.number().positive() }),
  timeLimitMs: z.number().positive(),
  /** Where the tree is on the machine of its user: it stands in messages. */
  root: text,
  /** All other files that the scenario needs, and those that they need. */
  files: z.array(sentFile).max(10_000),
  /** Whether it has modules or processes of its user's: code that a worker does not know. */
  hasCode: z.boolean(),
});

/** What a worker is told of one run. */
export type SentRun = z.output<typeof runShape>;

const runShape = z.strictObject({
  /** The hash of the job. */
  job: hash,
  index: z.int().min(0),
  seed: z.string(),
  overrides: z.array(override),
});

/** A file that is sent, and its place in the tree. */
export type SentFile = z.output<typeof sentFile>;

/** With what a job's results are equal to those of this process. */
export const ownRelease = {
  panoptes: packageVersion(),
  node: Number(process.versions.node.split('.')[0]),
};

/** What a job says, or why a worker cannot take it. */
export function readJob(bytes: Uint8Array): { readonly job: SweepJob } | Refusal {
  const value = readJson(bytes);
  const release = releaseShape.safeParse(value);
  if (!release.success) return { refusal: `it is no sweep: ${problemOf(release.error)}` };
  const { panoptes, node, name } = release.data;
  if (panoptes !== ownRelease.panoptes || node !== ownRelease.node) {
    const [theirs, ours] = [release.data, ownRelease].map(releaseText);
    return {
      name,
      refusal: `it is of ${theirs}, and this is ${ours}: results would not be equal; start a worker of ${theirs}`,
    };
  }
  const { data, error } = jobShape.safeParse(value);
  return error === undefined ? { job: data } : { name, refusal: problemOf(error) };
}

/** Why a job is not taken. */
interface Refusal {
  readonly name?: string;
  /** As what comes behind `refused:`. */
  readonly refusal: string;
}

const releaseShape = z.looseObject({ panoptes: text, node: z.int(), name: z.string() });

const releaseText = ({ panoptes, node }: typeof ownRelease): string =>
  `Panoptes ${panoptes} on Node ${node}`;

/**
 * What a run says.
 *
 * @throws {Error} when it is none
 */
export function readRun(bytes: Uint8Array): SentRun {
  const { data, error } = runShape.safeParse(readJson(bytes));
  if (error !== undefined) throw new Error(`it is no run of a sweep: ${problemOf(error)}`);
  return data;
}

const problemOf = ({ issues: [issue] }: z.ZodError): string =>
  `${issue!.path.map(String).join('.') || 'it'}: ${issue!.message}`;

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    return messageOf(cause);
  }
}

export const jsonBytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');
