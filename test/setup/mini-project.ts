import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

/** How the stand-ins for npx, tsc and rolldown behave in one run; unset, they do their work. */
export interface Faults {
  npx?: 'offline' | 'full-disk' | 'killed' | 'not-found';
  tsc?: 'type-error' | 'killed';
  rolldown?: 'killed';
}

/** One finished run of the set-up. */
export interface SetupRun {
  /** The exit code; null when a signal ended it. */
  code: number | null;
  stderr: string;
}

/**
 * A checkout in a temporary folder with this project's set-up scripts and one package, whose npx,
 * compiler and bundler are small stand-ins; the first two write down each call.
 */
export class MiniProject {
  readonly root = mkdtempSync(join(tmpdir(), 'panoptes-setup-'));

  constructor(nodeRange = '>=20.19') {
    cpSync(scripts, join(this.root, 'scripts'), { recursive: true });
    this.write('package.json', JSON.stringify({ type: 'module', engines: { node: nodeRange } }));
    this.write('pnpm-lock.yaml', 'lockfileVersion: 9.0\n');
    this.write('packages/eye/package.json', '{ "type": "module" }');
    this.write('packages/eye/tsconfig.json', '{}');
    this.write('packages/eye/src/index.ts', 'export const lids = 0;\n');
    this.write('bin/package.json', '{ "type": "commonjs" }');
    this.write('bin/npx', fakeNpx);
    chmodSync(join(this.root, 'bin/npx'), 0o755);
    this.write('calls', '');
  }

  /** Runs `node scripts/setup.mjs` to its end. */
  setUp(faults: Faults = {}): Promise<SetupRun> {
    const path = [join(this.root, 'bin'), dirname(process.execPath), process.env['PATH']];
    const env = {
      ...process.env,
      PATH: faults.npx === 'not-found' ? join(this.root, 'src') : path.join(delimiter),
      FAULT_NPX: faults.npx,
      FAULT_TSC: faults.tsc,
      FAULT_ROLLDOWN: faults.rolldown,
    };
    return new Promise((resolve, reject) => {
      const args = [join(this.root, 'scripts/setup.mjs')];
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stderr }));
    });
  }

  /** What the stand-ins were called for since the last look, in order. */
  takeCalls(): string[] {
    const calls = this.read('calls').split('\n').filter(Boolean);
    this.write('calls', '');
    return calls;
  }

  /** Writes a file, given by its path below the root. */
  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  /** Adds text to the end of a file. */
  append(path: string, text: string): void {
    appendFileSync(join(this.root, path), text);
  }

  /** A file's text. */
  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Whether a path below the root exists. */
  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  /** Deletes a path below the root, by default the whole project. */
  remove(path = '.'): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }
}

/**
 * Stands in for tsc. Like the real one it leaves alone what its notes say is built, whether or not
 * the files are there, unless it is forced.
 */
const fakeTsc = `
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
appendFileSync('calls', process.argv.includes('--force') ? 'build all\\n' : 'build changed\\n');
if (process.env.FAULT_TSC === 'type-error') {
  console.log("packages/eye/src/index.ts(1,14): error TS2322: Type 'string' is not assignable.");
  process.exit(2);
}
const source = readFileSync('packages/eye/src/index.ts', 'utf8');
const notes = 'packages/eye/dist/.tsbuildinfo';
mkdirSync('packages/eye/dist', { recursive: true });
const built = existsSync(notes) && readFileSync(notes, 'utf8') === source;
if (!built || process.argv.includes('--force')) {
  writeFileSync(notes, source);
  if (process.env.FAULT_TSC === 'killed') process.kill(process.pid, 'SIGKILL');
  writeFileSync('packages/eye/dist/index.js', source);
}
`;

/** Stands in for rolldown. Like the real one it empties the folder that it writes. */
const fakeRolldown = `
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
rmSync('packages/eye/lib', { recursive: true, force: true });
if (process.env.FAULT_ROLLDOWN === 'killed') process.kill(process.pid, 'SIGKILL');
mkdirSync('packages/eye/lib');
copyFileSync('packages/eye/dist/index.js', 'packages/eye/lib/index.js');
`;

/** Stands in for npx: "installs" the compiler and the bundler above. */
const fakeNpx = `#!/usr/bin/env node
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
const { npm_config_call: call, npm_config_package: among } = process.env;
appendFileSync('calls', 'install' + (call || among ? ' of another npx' : '') + '\\n');
const fault = process.env.FAULT_NPX;
if (fault === 'offline') {
  console.error('npm error code ENOTFOUND');
  console.error('npm error network request failed, reason: getaddrinfo ENOTFOUND registry.invalid');
  process.exit(1);
}
if (fault === 'full-disk') {
  console.log('ENOSPC: no space left on device, write');
  process.exit(1);
}
mkdirSync('node_modules/typescript/bin', { recursive: true });
if (fault === 'killed') process.kill(process.pid, 'SIGKILL');
writeFileSync('node_modules/typescript/package.json', '{ "type": "commonjs" }');
writeFileSync('node_modules/typescript/bin/tsc', ${JSON.stringify(fakeTsc)});
mkdirSync('node_modules/rolldown/bin', { recursive: true });
writeFileSync('node_modules/rolldown/bin/cli.mjs', ${JSON.stringify(fakeRolldown)});
`;
