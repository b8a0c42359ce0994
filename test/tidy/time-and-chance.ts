import ts from 'typescript';
import { isCode, isForTests, isPackageSource, type Rule } from './project-file.js';
import { lineOf, parse, walk } from './syntax.js';

const sources = ['packages/core/src/clock.ts', 'packages/core/src/turns.ts'];

const timers = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];
const globals = ['globalThis', 'global', 'timers'];

/** Property reads that ask for the time or for chance, as `object.property`. */
const reads = [
  'Date.now',
  'performance.now',
  'process.hrtime',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
];

/**
 * Only the clock and the turns touch time and chance; everything else has them handed in, or a run
 * could not be repeated, and would stand still where a test replaces the global timers. Tests may set
 * timers, to wait for a condition.
 */
export const timeAndChance: Rule = (files) =>
  files
    .filter(({ path }) => isPackageSource(path) && isCode(path) && !sources.includes(path))
    .flatMap((file) => {
      const found: ReturnType<Rule> = [];
      walk(parse(file), (node) => {
        const source = impurity(node, isForTests(file.path));
        if (source === undefined) return;
        const message = `${source} outside of the clock and the turns`;
        found.push({ path: file.path, line: lineOf(node), message });
      });
      return found;
    });

function impurity(node: ts.Node, timersAllowed: boolean): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const read = `${node.expression.getText()}.${node.name.text}`.replace(/^globalThis\./, '');
    if (reads.includes(read)) return read;
    return read === 'AbortSignal.timeout' && !timersAllowed ? read : undefined;
  }
  if (ts.isIdentifier(node) && timers.includes(node.text) && !timersAllowed)
    return isOwnName(node) ? undefined : node.text;
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && !node.arguments?.length)
    return node.expression.getText() === 'Date' ? 'the present Date' : undefined;
  return undefined;
}

/** Whether an identifier only names a member of one's own, as in `{ setTimeout: clock.after }`. */
function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return !globals.includes(parent.expression.getText());
  const isMember =
    ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent) || ts.isTypeElement(parent);
  return isMember && parent.name === node;
}
