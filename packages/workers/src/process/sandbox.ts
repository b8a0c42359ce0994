import { statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@panoptes/core/observer';
import type { Permissions } from './process-terms.js';

/**
 * Says whether the runtime can hold a sandbox of these permissions: what it cannot refuse is not to be
 * refused in vain.
 *
 * @param can - flags that the runtime has
 * @throws {ConfigError} when it cannot
 */
export function checkSandbox({ net }: Permissions, can: RuntimeFlags = runtimeFlags()): void {
  const here = `this is Node ${process.versions.node}`;
  if (!can.has('--permission')) {
    throw new ConfigError(
      `option 'process.permissions': expected a runtime with a sandbox, Node 22.13 or later, but ${here}; ` +
        'leave it out to run the observer without one',
    );
  }
  if (net || can.has('--allow-net')) return;
  throw new ConfigError(
    `option 'process.permissions.net': expected true, for it takes Node 25 or later to refuse the network, ` +
      `and ${here}`,
  );
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
