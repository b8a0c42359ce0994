import { fileURLToPath } from 'node:url';
import { prepare } from '../scripts/setup/prepare.mjs';

/** Worker threads load compiled files, so the packages are built before any test runs. */
export default (): Promise<void> => prepare(fileURLToPath(new URL('..', import.meta.url)));
