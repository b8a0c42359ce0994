import ts from 'typescript';
import { isCode, isForTests, isPackageSource, type Rule } from './project-file.js';
import { lineOf, parse, walk } from './syntax.js';

/**
 * A package finds its own files by `fileBeside`: what is written as `new URL('./x.js',
 * import.meta.url)` is rewritten into a page's address wherever the package is bundled or tested as
 * part of a page.
 */
export const pageUrls: Rule = (files) =>
  files
    .filter(({ path }) => isPackageSource(path) && isCode(path) && !isForTests(path))
    .flatMap((file) => {
      const found: ReturnType<Rule> = [];
      walk(parse(file), (node) => {
        if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return;
        if (node.arguments?.[1]?.getText() !== 'import.meta.url') return;
        const message = 'new URL(…, import.meta.url) in place of fileBeside';
        found.push({ path: file.path, line: lineOf(node), message });
      });
      return found;
    });
