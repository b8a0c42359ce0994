import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ending, commandSession } from '../fixtures/panoptes-command.js';

const panoptes = commandSession();

const directory = mkdtempSync(join(tmpdir(), 'panoptes-levels-'));
const scenario = join(directory, 'scenario.yaml');
const levels = ['full', 'digest', 'none'] as const;

/** A run as its document has it, as far as is looked at here. */
interface Run {
  readonly verdict: string;
  readonly events: number;
  readonly checks: number;
  readonly comparedWith: string;
  readonly registryDigest: string;
  readonly logDigest: string | null;
  readonly rules: readonly { readonly checked: number }[];
  readonly observers: readonly {
    readonly name: string;
    readonly delivered: number;
    readonly lag: number;
    readonly digest: string | null;
    readonly digestMatches: boolean | null;
    readonly notCompared?: true;
  }[];
}

beforeAll(() => {
  writeFileSync(
    scenario,
    [
      'version: 1',
      'population: { peers: 60 }',
      'updates: { heartbeat: { every: 2m }, metrics: { every: 3m }, trust: { every: 5m }, tiers: { every: 5m }, validators: { every: 5m } }',
      'phases: [{ kind: steady, duration: 30m }]',
    ].join('\n'),
  );
});

const runAt = (level: string, ...args: string[]): Promise<Ending> =>
  panoptes('run', scenario, '--checks', level, ...args);

describe('how much of a run is checked', () => {
  const runs = new Map<string, Run>();

  beforeAll(async () => {
    for (const level of levels) {
      const { code, stdout } = await runAt(level, '--json');
      expect(code).toBe(0);
      runs.set(level, JSON.parse(stdout) as Run);
    }
  });

  it('changes nothing of what is played: what digests there are, are the same', () => {
    const [full, digest, none] = levels.map((level) => runs.get(level)!);
    expect(full!.events).toBeGreaterThan(500);
    for (const other of [digest!, none!]) {
      expect(other.events).toBe(full!.events);
      expect(other.registryDigest).toBe(full!.registryDigest);
      for (const [at, observer] of other.observers.entries()) {
        const { name, delivered, lag } = full!.observers[at]!;
        expect(observer).toMatchObject({ name, delivered, lag });
      }
    }
    expect(digest!.logDigest).toBe(full!.logDigest);
    expect(digest!.observers.map((one) => one.digest)).toEqual(
      full!.observers.map((one) => one.digest),
    );
  });

  it('is said in the document', () => {
    const full = runs.get('full')!;
    expect(full).toMatchObject({ comparedWith: 'plain model', verdict: 'pass' });
    expect(full.checks).toBeGreaterThan(0);
    expect(full.rules.some(({ checked }) => checked > 0)).toBe(true);
    for (const level of ['digest', 'none']) {
      const run = runs.get(level)!;
      expect(run).toMatchObject({ comparedWith: 'nothing', checks: 0, verdict: 'pass' });
      expect(run).toMatchObject({ registryMatches: null, logDigestMatches: null });
      expect(run.rules.every(({ checked }) => checked === 0)).toBe(true);
      for (const one of run.observers) {
        expect(one).toMatchObject({ notCompared: true, digestMatches: null });
        expect(one).not.toHaveProperty('problem');
      }
    }
    expect(runs.get('none')!.logDigest).toBeNull();
    expect(runs.get('none')!.observers.every(({ digest }) => digest === null)).toBe(true);
  });

  it('is said to people, who are not told that anything agreed', async () => {
    const { stdout } = await runAt('digest');
    expect(stdout).toContain('none asked for');
    expect(stdout).toContain('not compared');
    expect(stdout).toContain('it was played to its end; nothing was compared');
    expect(stdout).not.toContain('agrees with');
  });

  it('leaves a run that is checked less to be judged by its observers’ deaths alone', async () => {
    const fault = ['--set', 'faults=[{ fault: throws-in-events, observer: mesh, at: 10m }]'];
    const killed = await runAt('digest', '--json', ...fault);
    expect(killed.code).toBe(0);
    const kill = ['--set', 'observers=[{ use: mesh, restart: temporary }]'];
    const gone = await runAt('digest', '--json', ...kill, ...fault);
    expect(gone.code).toBe(1);
    const [mesh] = (JSON.parse(gone.stdout) as Run).observers;
    expect(mesh).toMatchObject({ digest: null });
  });

  it.each(levels)('does for a run that nobody watches, at level %s', async (level) => {
    const out = join(directory, `nobody-${level}`);
    const { code, stdout } = await runAt(level, '--set', 'observers=[]', '--out', out);
    expect(code).toBe(0);
    expect(stdout).not.toContain('delivered');
    expect(stdout).not.toContain('every observer');
    expect(readFileSync(join(out, 'report.html'), 'utf8')).not.toContain('>Observers<');
    const { registryDigest, observers } = JSON.parse(
      readFileSync(join(out, 'summary.json'), 'utf8'),
    ) as Run;
    expect(observers).toEqual([]);
    const junit = readFileSync(join(out, 'junit.xml'), 'utf8');
    expect(junit.includes('classname="agreement"')).toBe(level === 'full');
    expect(registryDigest).toBe(runs.get('full')!.registryDigest);
  });

  it('is one of three levels', async () => {
    for (const way of [
      ['--checks', 'some'],
      ['--set', 'checks.level=some'],
    ]) {
      const { code, stderr } = await panoptes('run', scenario, ...way);
      expect(code).toBe(2);
      expect(stderr).toContain('full, digest, none');
    }
  });
});
