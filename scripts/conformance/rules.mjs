import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { testNames } from './test-names.mjs';

/**
 * A rule of docs/CONFORMANCE.md: its number and text, the tests that carry the number, and why there
 * is none, where that is said.
 *
 * @typedef {{ number: string, text: string, tests: { path: string, name: string }[], reason: string | undefined }} Rule
 */

const reasonsHeading = '## Not held by a test';
const ruleRow = /^\| ([A-Z]\d+) +\| (.+?) *\|$/gm;
/** A number, or several, at the start of a test's name. */
const numbers = /^(?:[A-Z]\d+(?:, | and | ))+/;
const folders = ['test', 'packages'];

/**
 * The rules of a project, with the tests that hold them.
 *
 * @param {string} root - the project's folder
 * @returns {{ rules: Rule[], strays: { path: string, name: string }[] }} strays: tests that carry the
 * number of no rule
 */
export function readRules(root) {
  const page = readFileSync(join(root, 'docs/CONFORMANCE.md'), 'utf8');
  const [texts, reasons = ''] = page.split(reasonsHeading);
  const reasonOf = new Map([...reasons.matchAll(ruleRow)].map(([, number, why]) => [number, why]));
  const rules = [...texts.matchAll(ruleRow)].map(([, number, text]) => {
    return { number, text, tests: [], reason: reasonOf.get(number) };
  });
  const byNumber = new Map(rules.map((rule) => [rule.number, rule]));
  const strays = [];
  for (const path of testFiles(root)) {
    for (const name of testNames(join(root, path))) {
      for (const [number] of (numbers.exec(name)?.[0] ?? '').matchAll(/[A-Z]\d+/g)) {
        (byNumber.get(number)?.tests ?? strays).push({ path, name });
      }
    }
  }
  return { rules, strays };
}

function testFiles(root) {
  return folders.flatMap((folder) => testFilesIn(root, folder)).sort();
}

/** Packages link to each other below their node_modules, in circles: nothing goes in there. */
function testFilesIn(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFilesIn(root, path);
    return path.endsWith('.test.ts') ? [path] : [];
  });
}
