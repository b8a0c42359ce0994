import { existsSync, statSync } from 'node:fs';
import { delimiter, parse, resolve } from 'node:path';
import { workerFlags } from '../../host/worker-flags.js';
import type { ProcessTerms } from '../process-terms.js';
import { sandboxFlags } from '../sandbox.js';
import { pathOf, readAtStart } from './read-at-start.js';

/** What is started for a process in which observers run: its program, arguments, environment, and where. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/**
 * Says what to start for a process in which observers run. Nothing of this process's own environment
 * and arguments goes along that its terms do not grant, but for how modules are found and read; nor does
 * its working folder.
 *
 * @param module - URL of the module of its first observer
 * @param entry - URL of the module with which a process of this Node starts
 * @param heapMb - most that its heap may grow to, in megabytes
 * @throws {Error} when it cannot be started like that
 */
export function childCommand(
  { command, env, cwd = root, permissions, eval: mayEvaluate, openFiles }: ProcessTerms,
  module: string,
  entry: string,
  heapMb: number,
): ChildCommand {
  if (statSync(cwd, { bigint: true, throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error(`process.cwd: there is no folder ${cwd}`);
  }
  const own = command ?? [
    process.execPath,
    ...workerFlags(process.execArgv, '')
      .filter((flag) => permissions === undefined || !permissionFlag.test(flag))
      .map(fromHere),
    `--max-old-space-size=${heapMb}`,
    ...(mayEvaluate ? [] : ['--disallow-code-generation-from-strings']),
    ...(permissions === undefined ? [] : sandboxFlags(permissions, readAtStart(entry, module))),
  ];
  const [program, ...args] = [...own, pathOf(command === undefined ? entry : module)];
  const found = { program: whereIs(program), args, env: Object.fromEntries(env), cwd };
  return openFiles === undefined || process.platform === 'win32'
    ? found
    : limited(found, openFiles);
}

/** Has a shell set the limit of open files, and become the program. */
function limited({ program, args, ...rest }: ChildCommand, openFiles: number): ChildCommand {
  const script = `ulimit -n ${openFiles} && exec "$@"`;
  return { program: '/bin/sh', args: ['-c', script, 'sh', program, ...args], ...rest };
}

/** A flag that says what this process itself may do. */
const permissionFlag = /^--(?:permission|experimental-permission|allow-)/;

/** A flag with the paths to which this process has access, as they are meant here. */
function fromHere(flag: string): string {
  const [, name, path] = /^(--allow-fs-(?:read|write)=)([^*]+)$/.exec(flag) ?? [];
  return path === undefined ? flag : `${name}${resolve(path)}`;
}

/** Where processes work unless that is said: nobody's folder, and always there. */
const { root } = parse(process.execPath);

/** Where a program lies that is named alone: its own environment may have no path. */
function whereIs(program: string): string {
  // As it is meant here: it starts elsewhere.
  if (/[/\\]/.test(program)) return resolve(program);
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return (
    folders.map((folder) => resolve(folder, program)).find((path) => existsSync(path)) ?? program
  );
}
