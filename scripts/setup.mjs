/**
 * Makes a fresh checkout ready to run: checks Node, installs the dependencies, builds the packages.
 * `npm start` and `npm test` run it first; when nothing changed it only looks, and says nothing.
 *
 * This file and node-version.mjs are all that a Node too old for Panoptes ever loads. They keep to
 * the syntax of 2020 and to unprefixed built-in names, so that such a Node gets the sentence below
 * and not a syntax error; everything newer is behind the dynamic import.
 */
import { readFileSync } from 'fs';
import { dirname, join } from 'path';
import { fileURLToPath } from 'url';
import { nodeComplaint } from './setup/node-version.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const range = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
const complaint = nodeComplaint(process.versions.node, range);

if (complaint) {
  console.error(complaint);
  process.exitCode = 1;
} else {
  import('./setup/prepare.mjs')
    .then(({ prepare }) => prepare(root))
    .catch((error) => {
      // A named failure is for the user to mend; anything else is a bug here and shows its stack.
      console.error(error.name === 'SetupError' ? error.message : error);
      process.exitCode = 1;
    });
}
