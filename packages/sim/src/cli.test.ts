import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { main } from './cli.js';
import type { Terminal } from './commands/terminal.js';
import type { OpenRegistry } from './driver/registry-port.js';
import { VirtualClock } from './time/virtual-clock.js';
import { traceFile } from './traces/trace-files.fixture.js';

/** Collects what is written; is no terminal. */
class Page extends Writable {
  text = '';

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const unopened: OpenRegistry = () => Promise.reject(new Error('a registry was opened'));

async function panoptes(
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new Page();
  const stderr = new Page();
  const terminal: Terminal = {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    env: {},
    clock: new VirtualClock(0),
    openRegistry: unopened,
    startModel: () => Promise.reject(new Error('a model was started')),
    onInterrupt: () => () => undefined,
    kill: () => Promise.resolve(),
  };
  const code = await main(args, terminal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe('the panoptes command', () => {
  it('shows help with examples and exit codes', async () => {
    const { code, stdout } = await panoptes('--help');
    expect(code).toBe(0);
    for (const words of ['replay', 'run', 'Examples:', 'Exit codes:']) {
      expect(stdout).toContain(words);
    }
  });

  it('shows help of a command: what it takes and which presets there are', async () => {
    const { code, stdout } = await panoptes('help', 'run');
    expect(code).toBe(0);
    for (const words of ['--peers', '--seed', '--duration', '--json', 'skype-superpeers', 'Guha']) {
      expect(stdout).toContain(words);
    }
    expect((await panoptes('help', 'replay')).stdout).toContain('--until');
  });

  it('shows its version', async () => {
    expect(await panoptes('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
    });
  });

  it.each([
    [[], 'Usage: panoptes'],
    [['rnu'], "unknown command 'rnu'"],
    [['replay'], "missing required argument 'file'"],
    [['replay', 'a', 'b'], 'too many arguments'],
    [['run', '--pears', '5'], "unknown option '--pears'"],
    [['run', 'skipe'], 'preset: expected one of skype-superpeers, kad, bittorrent-debian'],
    [['run', 'kda'], "got 'kda'; did you mean 'kad'?"],
    [['run', '--observers', 'mash'], "got 'mash'; did you mean 'mesh'?"],
    [['run', '--max-input', '5'], '--max-input: expected a size above 0 with a unit'],
    [['run', '--peers', '0'], '--peers: expected a whole number from 1'],
    [['run', '--peers', '1.5'], '--peers: expected a whole number from 1'],
    [['run', '--seed', ''], '--seed: expected 1 to 100 characters'],
    [['run', '--duration', '5'], '--duration: expected a duration'],
    [['run', '--fault', 'lop'], "--fault: there is no fault 'lop'; did you mean 'loop'?"],
    [['run', '--fault', 'loop:mash'], "got 'mash'; did you mean 'mesh'?"],
    [['replay', 'x.avt', '--fault', 'chaos'], 'expected to know how long the run is'],
    [['run', '--fault', 'loop@noon'], '--fault: expected a duration'],
    [['run', '--dashboard', 'kad'], '--dashboard: expected a port from 0 to 65535'],
    [['run', '--dashboard', '65536'], '--dashboard: expected a port from 0 to 65535'],
    [
      ['sweep', 'x.yaml', '--out', 'x', '--dashboard'],
      '--dashboard: expected a single run, got a sweep',
    ],
    [['run', '--speed', 'fast'], '--speed: expected max or a factor'],
    [['run', '--observers', 'mash'], '--observers: expected names from kademlia, mesh, validators'],
    [['replay', 'x.avt', '--until', 'noon'], '--until: expected a duration'],
    [['replay', 'missing.avt'], 'missing.avt: cannot be opened'],
    [['replay', ''], 'source.trace: expected at least 1 character, got'],
    [
      ['replay', 'x.avt', '--set', 'population.peers=5'],
      "population: expected none beside 'source'",
    ],
    [['check'], "missing required argument 'log'"],
    [['check', 'missing.plog'], 'missing.plog: cannot be opened'],
    [['fit'], "missing required argument 'trace'"],
    [['fit', 'missing.avt'], 'missing.avt: cannot be opened'],
    [['fit', 'x.avt', '--cut', 'paste'], '--cut: expected one of whole, drop'],
    [['run', '--sessions', 'missing.avt'], 'missing.avt: cannot be opened'],
  ])('%j is refused with exit code 2 and a sentence', async (args, words) => {
    const { code, stdout, stderr } = await panoptes(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('refuses a bad trace with file and line before it opens a registry, where it can', async () => {
    const file = traceFile('bad.json', '{"nodes": 5');
    const { code, stderr } = await panoptes('replay', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^panoptes: .*bad\.json, line 1, field 'nodes': expected .*\n$/);
  });

  it('fails with exit code 1 on what is neither usage nor input', async () => {
    const { code, stderr } = await panoptes('run', '--observers', 'mesh');
    expect(code).toBe(1);
    expect(stderr).toContain('a model was started');
  });
});
