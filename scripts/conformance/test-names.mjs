import { readFileSync } from 'node:fs';
import ts from 'typescript';

/**
 * The names of all tests and groups of tests in a file, as they are written: the first argument of
 * every call of it, test or describe, `.each` included.
 *
 * @param {string} path
 * @returns {Set<string>}
 */
export function testNames(path) {
  const names = new Set();
  const visit = (/** @type {ts.Node} */ node) => {
    node.forEachChild(visit);
    if (!ts.isCallExpression(node)) return;
    const [name] = node.arguments;
    if (name === undefined || !/^(?:it|test|describe)\b/.test(node.expression.getText())) return;
    if (ts.isStringLiteralLike(name)) names.add(name.text);
    if (ts.isTemplateExpression(name)) names.add(name.getText().slice(1, -1));
  };
  visit(ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true));
  return names;
}
