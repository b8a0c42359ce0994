/**
 * Runs the tests on every version of Node that is supported, one after another:
 *
 *   npm run test:matrix                               all tests on all versions
 *   npm run test:matrix -- --node 24,26 test/queries  some tests on some versions
 *
 * The versions come from npm and are kept in node_modules/.panoptes/nodes.
 */
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { matrixArguments } from './matrix/matrix-arguments.mjs';
import { nodeBinary } from './matrix/node-binary.mjs';
import { runTests } from './matrix/run-tests.mjs';
import { SetupError } from './setup/setup-error.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  const { majors, files } = matrixArguments(process.argv.slice(2));
  const results = [];
  for (const major of majors) {
    const { binary, version } = await nodeBinary(root, major);
    console.log(`\nNode ${version}`);
    results.push({ version, passed: await runTests(root, binary, files) });
  }
  console.log('');
  for (const { version, passed } of results) {
    console.log(`Node ${version}: ${passed ? 'passed' : 'failed'}`);
  }
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
