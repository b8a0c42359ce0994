import { subscribe } from 'node:diagnostics_channel';

/**
 * Says on stderr what the sandbox refuses, each once, also where the observer hides the error from
 * everyone: from there it comes to the registry's logger with the observer's name. A runtime that does
 * not tell of it (before Node 24) leaves that to the error.
 */
export function tellRefusals(): void {
  const told = new Set<string>();
  const tell = (message: unknown): void => {
    const { permission, resource } = message as { permission: string; resource: string };
    const line = `refused: ${permission}${resource === '' ? '' : ` of ${resource}`}, which 'process.permissions' does not grant\n`;
    if (told.size === mostTold || told.has(line)) return;
    told.add(line);
    process.stderr.write(line);
  };
  for (const kind of kinds) subscribe(`node:permission-model:${kind}`, tell);
}

/** As the runtime sorts what it refuses. */
const kinds = ['fs', 'child', 'worker', 'net', 'inspector', 'wasi', 'addon', 'ffi'];

/** More of them would be noise. */
const mostTold = 100;
