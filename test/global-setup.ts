import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Worker threads load compiled files, so the packages are built before any test runs. */
export default function build(): void {
  const root = fileURLToPath(new URL('..', import.meta.url));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b'], {
    cwd: root,
    stdio: 'inherit',
  });
}
