import { describe, expect, it } from 'vitest';
import { startWorker, workerFlags } from './worker-flags.js';

describe('of the flags of its process a thread', () => {
  it.each([
    ['how the program is given', ['--input-type=module', '-e', 'code', '-p', '--check', '-i']],
    ['what is loaded before it', ['--import', './a.mjs', '-r', 'b', '--loader=./c.mjs']],
    ['loaders that are an experiment', ['--experimental-loader', './a.mjs']],
    ['debuggers', ['--inspect', '--inspect-brk=0', '--inspect-port', '0']],
    ['tests and watching', ['--test', '--test-reporter=dot', '--watch', '--watch-path=.']],
    ['tests that are an experiment', ['--experimental-test-coverage', '--experimental-repl-await']],
    [
      'profiles',
      ['--cpu-prof', '--cpu-prof-dir=x', '--heap-prof', '--heapsnapshot-signal=SIGUSR2'],
    ],
    ['flags of V8', ['--max-old-space-size=64', '--expose-gc', '--stack-trace-limit=5']],
    ['how the process ends', ['--unhandled-rejections=warn', '--throw-deprecation']],
    ['values that look like flags of Node', ['--title=--conditions', '--env-file=.env']],
  ])('does not get %s', (_, flags) => {
    expect(workerFlags(flags, flags.join(' '))).toEqual([]);
  });

  it.each([
    ['how modules are found', ['--conditions=a', '-C', 'b', '--preserve-symlinks']],
    ['how modules are read', ['--enable-source-maps', '--no-experimental-strip-types']],
    ['what is switched on', ['--experimental-vm-modules', '--no-experimental-sqlite']],
    ['warnings', ['--no-warnings', '--disable-warning', 'DEP0001', '--trace_warnings']],
    ['network', ['--dns-result-order=ipv4first', '--max-http-header-size=9000']],
    ['permissions', ['--permission', '--allow-fs-read=/a b', '--allow-worker']],
  ])('gets %s', (_, flags) => {
    const whole = flags
      .join('\0')
      .replace('-C\0', '--conditions=')
      .replace('warning\0', 'warning=')
      .replace('trace_', 'trace-')
      .split('\0');
    expect(workerFlags(['--watch', ...flags, '--inspect'], '')).toEqual(whole);
  });

  it('gets those of NODE_OPTIONS too, before the command line’s', () => {
    const options = '--import ./a.mjs  --conditions="b c" "--conditions=\\"d\\\\" -C e --inspect';
    expect(workerFlags(['--conditions=f'], options)).toEqual(
      ['b c', '"d\\', 'e', 'f'].map((value) => `--conditions=${value}`),
    );
  });

  it('gets all that this version of Node lets a thread have, and starts without the others', async () => {
    const given = [...process.allowedNodeEnvironmentFlags].filter(
      (flag) => !/allow-|permission|tls-m|-C/.test(flag),
    );
    const switches = workerFlags(given, '').filter((flag) => !flag.includes('='));
    expect(switches.length).toBeGreaterThan(10);
    const flags = ['--expose-gc', ...switches, '--conditions=a'];
    const report = `import { parentPort } from 'node:worker_threads';
      parentPort.postMessage(process.execArgv);`;
    const entry = new URL(`data:text/javascript,${encodeURIComponent(report)}`);
    const got = await new Promise<string[]>((resolve, reject) => {
      startWorker(entry, { stderr: true }, flags).once('error', reject).once('message', resolve);
    });
    expect(got).not.toContain('--expose-gc');
    expect(got).toEqual(expect.arrayContaining(['--conditions=a', '--enable-source-maps']));
    expect(flags).toEqual(expect.arrayContaining(got));
  });
});
