/** Lists the rules of docs/CONFORMANCE.md with the tests that hold them; fails when one has none. */
import { fileURLToPath } from 'node:url';
import { readRules } from './conformance/rules.mjs';

const { rules, strays } = readRules(fileURLToPath(new URL('..', import.meta.url)));
for (const { number, text, tests, reason } of rules) {
  console.log(`${number.padEnd(3)} ${text}`);
  for (const { path, name } of tests) console.log(`      ${path} › ${name}`);
  if (reason !== undefined) console.log(`      no test: ${reason}`);
}
for (const { path, name } of strays) console.log(`?   ${path} › ${name}: there is no such rule`);

const held = rules.filter(({ tests }) => tests.length > 0);
const open = rules.filter(({ tests, reason }) => tests.length === 0 && reason === undefined);
console.log(`\n${rules.length} rules, ${held.length} held by tests`);
if (open.length > 0)
  console.log(`neither held nor explained: ${open.map((r) => r.number).join(', ')}`);
process.exitCode = open.length + strays.length > 0 ? 1 : 0;
