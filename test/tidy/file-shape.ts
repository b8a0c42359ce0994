import ts from 'typescript';
import { isCode, type Rule } from './project-file.js';
import { lineOf, parse } from './syntax.js';

const mostLines = 300;

/** No source file is longer than a reader can hold in mind. */
export const fileLength: Rule = (files) =>
  files
    .filter(({ path }) => isCode(path))
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .filter(({ lines }) => lines > mostLines)
    .map(({ path, lines }) => ({
      path,
      line: mostLines + 1,
      message: `${lines} lines, at most ${mostLines} are allowed`,
    }));

const kebabCase = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;

/** Names under which anything could be put. */
const bag = /^(?:utils?|helpers?|types|common|misc)\./;

/** Files and folders of source code are named in kebab-case, after the noun that they own. */
export const fileNames: Rule = (files) =>
  files
    .filter(({ path }) => isCode(path))
    .flatMap(({ path }) => {
      const parts = path.split('/');
      const odd = parts.find((part) => !kebabCase.test(part));
      if (odd !== undefined) return [{ path, line: 1, message: `${odd} is not kebab-case` }];
      const name = parts.at(-1)!;
      return bag.test(name) ? [{ path, line: 1, message: `${name} names no noun` }] : [];
    });

/** An index only re-exports, so that reading it is reading a table of contents. */
export const indexFiles: Rule = (files) =>
  files
    .filter(({ path }) => /(?:^|\/)index\.[cm]?[jt]s$/.test(path))
    .flatMap((file) =>
      parse(file)
        .statements.filter((statement) => !isReExport(statement))
        .map((statement) => ({
          path: file.path,
          line: lineOf(statement),
          message: 'an index only re-exports',
        })),
    );

/** `export {}` counts: it marks a module that has nothing to offer yet. */
function isReExport(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement)) return false;
  const clause = statement.exportClause;
  const isEmpty = clause && ts.isNamedExports(clause) && clause.elements.length === 0;
  return statement.moduleSpecifier !== undefined || isEmpty === true;
}
