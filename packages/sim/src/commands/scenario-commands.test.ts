import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { sandboxSupport } from '@panoptes/workers';
import { describe, expect, it } from 'vitest';
import { main } from '../cli.js';
import { aRun } from '../report/run-document.fixture.js';
import { runJsonSchema } from '../report/run-document-schema.js';
import { writeRunFiles } from '../report/run-files.js';
import { malformedScenarios } from '../scenario/file/malformed-scenarios.fixture.js';
import { VirtualClock } from '../time/virtual-clock.js';
import type { Terminal } from './terminal.js';

/** Collects what is written; is no terminal. */
class Page extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function panoptes(...given: (string | Pick<Terminal, 'env'>)[]) {
  const args = given.filter((one) => typeof one === 'string');
  const { env } = given.find((one) => typeof one !== 'string') ?? { env: {} };
  const [stdout, stderr] = [new Page(), new Page()];
  const terminal: Terminal = {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    env,
    clock: new VirtualClock(0),
    openRegistry: () => Promise.reject(new Error('a registry was opened')),
    onInterrupt: () => () => undefined,
    kill: () => Promise.resolve(),
  };
  const code = await main(args, terminal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const folder = mkdtempSync(join(tmpdir(), 'panoptes-commands-'));
const fileOf = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const good = 'version: 1\npopulation: { peers: 10 }\nphases: [{ kind: steady, duration: 5m }]\n';

describe('panoptes run and sweep', () => {
  it('are tried with 40 malformed scenarios and more', () => {
    expect(malformedScenarios.length).toBeGreaterThanOrEqual(40);
  });

  it.each(malformedScenarios)(
    'refuse $wrong with exit code 2, line and key',
    async ({ text, line, key }) => {
      const file = fileOf('wrong.yaml', text);
      for (const command of [['run'], ['sweep', '--out', join(folder, 'sweep')]]) {
        const { code, stdout, stderr } = await panoptes(...command, file);
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
        expect(stderr).toContain(`${file}:${line}:`);
        expect(stderr).toContain(key);
        expect(stderr).not.toMatch(/^ +at /m);
      }
    },
  );

  it.each([
    [['run', 'missing.yaml'], 'missing.yaml: cannot be read'],
    [['run', 'GOOD', '--duration', '5m'], '--duration: a scenario says that itself'],
    [['run', 'GOOD', '--set', 'peers'], '--set: expected key=value'],
    [['run', 'GOOD', '--peers', '3000000'], 'population.peers: expected at most 2000000'],
    [['run', 'kad', '--peers', '3000000'], 'population.peers: expected at most 2000000'],
    [
      ['run', 'kad', '--set', 'population.pears=3'],
      "population.pears: unknown key; did you mean 'peers'?",
    ],
    [
      ['replay', 'x.avt', '--set', 'source.til=3h'],
      "source.til: unknown key; did you mean 'until'?",
    ],
    [['run', 'kad', '--out', 'GOOD'], 'panoptes: --out: '],
    [['run', 'GOOD', '--sessions', 'none.avt'], `${process.cwd()}/none.avt: cannot be opened`],
    [['run', 'GOOD', '--observers', 'mesh*50'], 'observers.0.count: expected at most 49, got 50'],
    [['run', 'GOOD', '--fault', 'loop:mash'], "got 'mash'; did you mean 'mesh'?"],
    [['run', 'GOOD', '--out', 'GOOD'], 'panoptes: --out: '],
    [['run', 'GOOD', '--out', 'NOWHERE'], 'panoptes: --out: '],
    [['sweep', 'SWEPT', '--out', 'GOOD'], 'panoptes: --out: '],
    [['run', 'kad', '--set', 'a=1'], 'a: unknown key'],
    [['run', 'kad', '--set', 'name.+=1'], 'name.+: cannot be set'],
    [['run', '--replay-from', 'missing'], 'missing: expected a run’s summary.json'],
    [['run', '--replay-from', 'missing', '--seed', '2'], '--seed: a report says that itself'],
    [
      ['run', 'kad', '--replay-from', 'missing'],
      "--replay-from: expected no network or scenario beside it, got 'kad'",
    ],
    [['sweep', 'GOOD'], "required option '--out <dir>'"],
    [['sweep', 'GOOD', '--out', 'OUT'], 'sweep: missing; expected a grid, a zip or replications'],
    [['sweep', 'GOOD', '--out', 'OUT', '--threads', '0'], '--threads: expected a whole number'],
    [
      ['sweep', 'GOOD', '--out', 'OUT', '--set', 'sweep.grid.population.pears=[1, 2]'],
      "sweep.grid.population.pears: unknown key; did you mean 'peers'?",
    ],
    [
      ['sweep', 'GOOD', '--out', 'OUT', '--set', 'sweep.zip.foo=[1, 2]'],
      'sweep.zip.foo: unknown key',
    ],
    [
      ['sweep', 'GRID', '--out', 'OUT'],
      "grid.yaml:5:18: sweep.grid.observers.0.memory: expected a size from 32MiB to 2GiB, got '16MiB'",
    ],
    [['report', 'missing'], 'missing: expected a run’s summary.json'],
    [['completion', 'tcsh'], 'Allowed choices are bash, zsh, fish'],
  ])('%j is refused with exit code 2 and a sentence', async (args, words) => {
    const places = new Map([
      ['GOOD', fileOf('good.yaml', good)],
      ['SWEPT', fileOf('swept.yaml', `${good}sweep: { replications: 2 }\n`)],
      [
        'GRID',
        fileOf(
          'grid.yaml',
          `${good}observers: [{ use: mesh }]\nsweep: { grid: { observers.0.memory: [64MiB, 16MiB] } }\n`,
        ),
      ],
      ['OUT', join(folder, 'out')],
      // In a file.
      ['NOWHERE', join(folder, 'good.yaml', 'within')],
    ]);
    const { code, stdout, stderr } = await panoptes(...args.map((arg) => places.get(arg) ?? arg));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it('refuse a key that would be left out in silence, wherever it stands', async () => {
    for (const part of [
      'thresholds: { __proto__: "== 0" }',
      'observers: [{ use: mesh, options: { __proto__: { a: 1 } } }]',
      'sweep: { grid: { __proto__: [1, 2] } }',
      '__proto__: 1',
    ]) {
      const { code, stderr } = await panoptes('run', fileOf('proto.yaml', `${good}${part}\n`));
      expect(code).toBe(2);
      expect(stderr).toMatch(/proto\.yaml:4:\d+: .*__proto__: expected another name/);
    }
  });

  it('name what was given on one line, without its escapes', async () => {
    const name = 'a\u001b[31m\npass: all is well.yaml';
    for (const args of [
      ['run', name],
      ['report', name],
      ['replay', name],
      ['frobnicate\u001b[2J'],
    ]) {
      const { code, stderr } = await panoptes(...args);
      expect(code).toBe(2);
      // eslint-disable-next-line no-control-regex -- escapes
      expect(stderr).not.toMatch(/\u001b|^pass/m);
    }
  });

  it('refuse a trace that is not there', async () => {
    const trace = fileOf(
      'trace.yaml',
      `${good}sessions: { distribution: empirical, trace: none.avt }\n`,
    );
    expect(await panoptes('run', trace)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('none.avt: cannot be opened') as string,
    });
  });
});

describe('the other commands about scenarios', () => {
  it('init writes a scenario once, and again only with --force', async () => {
    const file = join(folder, 'new.yaml');
    expect((await panoptes('init', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toContain('phases:');
    expect(await panoptes('init', file)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is there already; overwrite it with --force') as string,
    });
    expect((await panoptes('init', file, '--force')).code).toBe(0);
    expect((await panoptes('init', '-')).stdout).toBe(readFileSync(file, 'utf8'));
  });

  it('print without colours when they are told to, before and after the command', async () => {
    const out = join(folder, 'coloured');
    writeRunFiles(out, aRun);
    const told = async (env: NodeJS.ProcessEnv, ...args: string[]): Promise<boolean> =>
      (await panoptes({ env }, ...args)).stdout.includes('\u001b[3');
    expect(await told({ FORCE_COLOR: '1' }, 'report', out)).toBe(true);
    expect(await told({ FORCE_COLOR: '1' }, 'report', out, '--no-color')).toBe(false);
    expect(await told({ FORCE_COLOR: '1' }, '--no-color', 'report', out)).toBe(false);
    expect(await told({ FORCE_COLOR: '0' }, 'report', out)).toBe(false);
  });

  it('schema prints JSON or Markdown', async () => {
    expect(JSON.parse((await panoptes('schema')).stdout)).toMatchObject({
      title: 'Panoptes scenario',
    });
    expect((await panoptes('schema', '--markdown')).stdout).toContain('### population');
    expect((await panoptes('schema', '--of', 'scenario')).stdout).toBe(
      (await panoptes('schema')).stdout,
    );
  });

  it('schema prints that of runs: every key that a run may have, and no other', async () => {
    const { code, stdout } = await panoptes('schema', '--of', 'run');
    expect(code).toBe(0);
    const schema = JSON.parse(stdout) as { readonly properties: object };
    expect(schema).toEqual(runJsonSchema());
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'Panoptes run',
      properties: { schema: { const: 'panoptes.run/3' } },
      additionalProperties: false,
    });
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(aRun)));
    expect(await panoptes('schema', '--of', 'run', '--markdown')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--markdown: there is a reference of scenarios only',
      ) as string,
    });
    expect((await panoptes('schema', '--of', 'bench')).code).toBe(2);
  });

  it('report prints a run, and writes its picture', async () => {
    const out = join(folder, 'run');
    writeRunFiles(out, aRun);
    const svg = join(folder, 'pictures', 'run.svg');
    const { code, stdout, stderr } = await panoptes('report', out, '--svg', svg, '--out', out);
    const names = ['summary.json', 'series.csv', 'junit.xml', 'report.html'];
    expect(stderr).toBe(`wrote ${names.map((name) => join(out, name)).join(', ')}\nwrote ${svg}\n`);
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: 'source        a run, 20 peers, seed 7 (generated churn)',
    });
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
    const { stdout: json } = await panoptes('compare', out, out, '--json');
    expect(JSON.parse(json)).toMatchObject({ schema: 'panoptes.comparison/1', isSameLog: true });
  });

  it('doctor ends with 1 and says what is wrong when observers cannot start', async () => {
    const { code, stdout } = await panoptes('doctor');
    expect(code).toBe(1);
    expect(stdout).toContain('bad   observers on threads: a registry was opened');
    expect(stdout).toContain(`Node: ${process.version}`);
    const { sandbox, network } = sandboxSupport();
    expect(stdout).toMatch(
      network
        ? /good {2}sandbox: .* and the network/
        : sandbox
          ? /weak {2}sandbox: .* the network cannot/
          : /weak {2}sandbox: none; .*Node 22\.13/,
    );
  });

  it('completion makes bash complete commands, flags and presets', async () => {
    const { stdout: script } = await panoptes('completion', 'bash');
    const complete = (...words: string[]): string[] => {
      const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
      const program = `${script}\n${line}\n_panoptes\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
      return execFileSync('bash', ['-c', program], { encoding: 'utf8' }).trim().split('\n');
    };
    expect(complete('panoptes', 'swe')).toEqual(['sweep']);
    expect(complete('panoptes', 'run', '--rep')).toEqual(['--replay-from']);
    expect(complete('panoptes', 'run', 'ipf')).toEqual(['ipfs']);
    for (const shell of ['zsh', 'fish']) {
      expect((await panoptes('completion', shell)).stdout).toContain('sweep');
    }
  });
});
