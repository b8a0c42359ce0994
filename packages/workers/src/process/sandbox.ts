import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core/observer';
import type { Permissions } from './process-terms.js';

/**
 * Checks that the runtime can hold a sandbox of these permissions.
 *
 * @param what - what the options of the process are, for the message
 * @throws {ConfigError} when it cannot
 */
export function checkSandbox(permissions: Permissions, what: string): void {
  const unheld = unheldPermission(permissions);
  if (unheld === undefined) return;
  throw new ConfigError(`option '${[what, ...unheld.path].join('.')}': ${unheld.message}`);
}

/**
 * What a runtime can hold an observer's process to.
 *
 * @param can - flags that it has; this one's unless given
 */
export const sandboxSupport = (can: RuntimeFlags = runtimeFlags()): SandboxSupport => ({
  sandbox: can.has('--permission'),
  network: can.has('--allow-net'),
});

/** What a runtime can hold an observer's process to. */
export interface SandboxSupport {
  /** Whether it has a sandbox at all. */
  readonly sandbox: boolean;
  /** Whether that can refuse the network. */
  readonly network: boolean;
}

/**
 * Why the runtime cannot hold a sandbox of these permissions, and where: what it cannot refuse is not to
 * be refused in vain. Undefined when it can.
 */
export function unheldPermission(
  { net }: Pick<Permissions, 'net'>,
  { sandbox, network }: SandboxSupport = sandboxSupport(),
): UnheldPermission | undefined {
  const here = `this is Node ${process.versions.node}`;
  if (!sandbox) {
    const message =
      `expected a runtime with a sandbox, Node 22.13 or later, but ${here}; ` +
      'leave it out to run the observer without one';
    return { path: ['permissions'], message };
  }
  if (net || network) return undefined;
  const message = `expected true, for it takes Node 25 or later to refuse the network, and ${here}`;
  return { path: ['permissions', 'net'], message };
}

/** A permission that the runtime cannot refuse. */
export interface UnheldPermission {
  /** Its place in the options of a process. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The flags with which Node runs a program in its sandbox.
 *
 * @param own - files and folders that the program itself is read from
 * @param can - flags that the runtime has
 */
export function sandboxFlags(
  { read, write, ...granted }: Permissions,
  own: readonly string[],
  can: RuntimeFlags = runtimeFlags(),
): string[] {
  return [
    '--permission',
    // It opens any file, whatever was granted.
    ...(can.has('--no-experimental-sqlite') ? ['--no-experimental-sqlite'] : []),
    ...[...own, ...read].flatMap(reaching).map((path) => `--allow-fs-read=${path}`),
    ...write.flatMap(reaching).map((path) => `--allow-fs-write=${path}`),
    ...grants.filter(([name, flag]) => granted[name] && can.has(flag)).map(([, flag]) => flag),
  ];
}

const grants = [
  ['net', '--allow-net'],
  ['childProcess', '--allow-child-process'],
  ['worker', '--allow-worker'],
  ['addons', '--allow-addons'],
] as const;

/** Flags that a runtime has, as `process.allowedNodeEnvironmentFlags`. */
export type RuntimeFlags = Pick<ReadonlySet<string>, 'has'>;

const runtimeFlags = (): RuntimeFlags => process.allowedNodeEnvironmentFlags;

/** What Node is told so that a path is granted: of a folder, that and all in it. One that is not there yet is a file. */
function reaching(path: string): string[] {
  const isFolder = statSync(path, { throwIfNoEntry: false, bigint: true })?.isDirectory() === true;
  return isFolder ? [path, join(path, '*')] : [path];
}
