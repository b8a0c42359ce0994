import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckDocument } from '@panoptes/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandSession, jsonOf, recording, stackLine } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();
const panoptesJson = jsonOf(panoptes);

const directory = mkdtempSync(join(tmpdir(), 'panoptes-recorded-'));
const log = join(directory, 'a run & more?.plog');
const short = ['--peers', '60', '--duration', '12h', '--observers', 'kademlia*2,mesh'];

afterAll(() => rmSync(directory, { recursive: true }));

describe('a run with --record', () => {
  let plain: Awaited<ReturnType<typeof panoptesJson>>;
  let recorded: typeof plain;

  beforeAll(async () => {
    plain = await panoptesJson('run', ...short);
    recorded = await panoptesJson('run', ...short, '--record', log);
  });

  it('comes to the same as one without', () => {
    const digests = ({ registryDigest, logDigest, observers }: typeof plain): unknown => [
      registryDigest,
      logDigest,
      observers.map(({ name, digest, delivered }) => [name, digest, delivered]),
    ];
    expect(digests(recorded)).toEqual(digests(plain));
    expect(recorded.verdict).toBe('pass');
  });

  it('leaves what panoptes check passes: what every observer saw', async () => {
    const { code, stdout, stderr } = await panoptes('check', log, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as CheckDocument;
    expect(document).toMatchObject({
      schema: 'panoptes.check/1',
      seed: '1',
      complete: true,
      violations: [],
      verdict: 'pass',
    });
    expect(document.observers).toEqual(
      recorded.observers.map(({ name, delivered }) => ({
        name,
        incarnations: 1,
        snapshots: 1,
        events: delivered,
        changes: delivered,
      })),
    );
  });

  it('is shown by panoptes check as text, rule by rule', async () => {
    const { code, stdout } = await panoptes('check', log);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ W4 +│ nothing is missing unless a resync is announced/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('pass: every history keeps the rules');
  });

  it('that was cut off is refused with file, offset and field, and exit code 2', async () => {
    const whole = readFileSync(log);
    const cut = join(directory, 'cut.plog');
    writeFileSync(cut, whole.subarray(0, whole.length - 5));
    const { code, stdout, stderr } = await panoptes('check', cut);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^panoptes: .*cut\.plog, offset \d+, field 'payload': .*cut off\n$/);
    expect(stderr).not.toMatch(stackLine);
  });

  it.each([
    [join(directory, 'nowhere', 'run.plog'), 'ENOENT'],
    [join(fileURLToPath(import.meta.url), 'run.plog'), 'ENOTDIR'],
    [join(directory, 'x'.repeat(300)), 'ENAMETOOLONG'],
    [directory, 'EISDIR'],
  ])('into a place that cannot be written is refused before it starts: %#', async (place, why) => {
    const { code, stdout, stderr } = await panoptes('run', ...short, '--record', place);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^panoptes: the recording .*\n$/);
    expect(stderr).toContain(`${place} cannot be written`);
    expect(stderr).toContain(`: ${why}: `);
  });
});

it('a recorded replay of a real network keeps every rule', async (ctx) => {
  const trace = recording('skype-superpeers.avt', ctx);
  const file = join(directory, 'skype.plog');
  await panoptesJson('replay', trace, '--until', '3h', '--record', file);
  const { code, stdout } = await panoptes('check', file, '--json');
  expect(code).toBe(0);
  const { observers, verdict } = JSON.parse(stdout) as CheckDocument;
  expect(verdict).toBe('pass');
  expect(observers.map(({ name }) => name)).toEqual(['kademlia', 'mesh', 'validators']);
  expect(new Set(observers.map(({ events }) => events)).size).toBe(1);
});

it('a recorded scenario keeps every rule', async () => {
  const file = join(directory, 'scenario.plog');
  const scenario = 'examples/scenarios/partition-and-heal.yaml';
  const run = await panoptes('run', scenario, '--peers', '50', '--record', file, '--quiet');
  // What its thresholds expect of a larger network is not at issue here.
  expect([0, 99]).toContain(run.code);
  const { code, stdout } = await panoptes('check', file, '--json');
  expect(code).toBe(0);
  const { observers, complete } = JSON.parse(stdout) as CheckDocument;
  expect(complete).toBe(true);
  expect(Math.min(...observers.map(({ events }) => events))).toBeGreaterThan(50);
});
