import ts from 'typescript';
import { isCode, isForTests, isPackageSource, type Rule } from './project-file.js';
import { lineOf, parse, walk } from './syntax.js';

/**
 * A file opens with its subject: the first declaration is the one that names the file, and what it
 * depends on, its limits and its helpers come after it. A file that no declaration names, such as a
 * table of constants, opens with something that it exports. Constants that a constant subject is
 * made of have to stand before it.
 */
export const fileSubjects: Rule = (files) =>
  files
    .filter(({ path }) => isPackageSource(path) && isCode(path) && !isForTests(path))
    .flatMap((file) => {
      const all = parse(file).statements.flatMap(declarationIn);
      if (!all.some(({ isExported }) => isExported)) return [];
      const nameOfFile = wordsOf(/([^/.]+)\.[^/]*$/.exec(file.path)![1]!);
      const fits = all.map(({ name }) => likeness(nameOfFile, wordsOf(name)));
      const best = Math.max(...fits);
      const at = best > 0 ? fits.indexOf(best) : all.findIndex(({ isExported }) => isExported);
      const first = all.slice(0, at).find((_, index) => !isMadeOf(all.slice(index, at + 1)));
      if (first === undefined) return [];
      const message = `opens with ${first.name}, not with ${all[at]!.name}`;
      return [{ path: file.path, line: lineOf(first.statement), message }];
    });

interface Declaration {
  name: string;
  isExported: boolean;
  statement: ts.Statement;
}

function declarationIn(statement: ts.Statement): Declaration[] {
  const declared = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]?.name
    : (statement as Partial<ts.DeclarationStatement>).name;
  if (declared === undefined) return [];
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const isExported = modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  return [{ name: declared.getText(), isExported, statement }];
}

/** The words of a name in any case, each in the singular. */
function wordsOf(name: string): string[] {
  const words = name
    .replace(/([a-z\d])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2-')
    .split(/[^a-zA-Z\d]+/);
  return words.map((word) => word.toLowerCase().replace(/s$/, ''));
}

/**
 * How well a declaration names its file: 2 by the whole name; 1 by the noun in which both end, or by
 * the same words in another order, as `recordFailure` does in failure-record.ts.
 */
function likeness(file: readonly string[], declared: readonly string[]): number {
  if (file.join() === declared.join()) return 2;
  const isTurned = file.toSorted().join() === declared.toSorted().join();
  return isTurned || file.at(-1) === declared.at(-1) ? 1 : 0;
}

/** Whether the value of the last of some declarations is made of the first while the module loads. */
function isMadeOf(declared: readonly Declaration[]): boolean {
  const [subject, ...before] = [...declared].reverse();
  const earliest = declared[0]!;
  if (!isConstant(subject!.statement) || isHoisted(earliest.statement)) return false;
  const needed = namesIn(subject!.statement);
  for (const { name, statement } of before)
    if (needed.has(name)) namesIn(statement).forEach((other) => needed.add(other));
  return needed.has(earliest.name);
}

function namesIn(statement: ts.Statement): Set<string> {
  const names = new Set<string>();
  walk(statement, (node) => {
    if (ts.isIdentifier(node)) names.add(node.text);
  });
  return names;
}

/** Whether a declaration can be used by what stands before it. */
const isHoisted = (statement: ts.Statement): boolean =>
  !ts.isVariableStatement(statement) && !ts.isClassDeclaration(statement);

/** Whether a declaration's value is made when the module loads, and is no function. */
const isConstant = (statement: ts.Statement): boolean =>
  ts.isVariableStatement(statement) &&
  statement.declarationList.declarations.some(
    ({ initializer }) => initializer !== undefined && !ts.isArrowFunction(initializer),
  );
