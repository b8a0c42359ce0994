import ts from 'typescript';
import { isCode, isForTests, type Rule } from './project-file.js';
import { lineOf, parse, walk } from './syntax.js';

const home = 'packages/core/src/log/';
const names = ['Atomics', 'SharedArrayBuffer'];

/**
 * Only the log touches shared memory, so that every ordering argument is in one folder. A type
 * counts as touching: whoever can name the buffer can write to it. Tests may do both.
 */
export const sharedMemory: Rule = (files) =>
  files
    .filter(({ path }) => isCode(path) && !path.startsWith(home) && !isForTests(path))
    .flatMap((file) => {
      const found: ReturnType<Rule> = [];
      walk(parse(file), (node) => {
        if (!ts.isIdentifier(node) || !names.includes(node.text)) return;
        const message = `${node.text} belongs in ${home}`;
        found.push({ path: file.path, line: lineOf(node), message });
      });
      return found;
    });
