import ts from 'typescript';
import { links } from './module-links.js';
import { publicFiles, resolver } from './module-resolver.js';
import {
  isCode,
  isForTests,
  isPackageSource,
  type ProjectFile,
  type Rule,
} from './project-file.js';
import { lineOf, parse, walk } from './syntax.js';

/**
 * Everything that a package's file exports is imported somewhere, if only by a test, or re-exported
 * by an index. A type may instead be needed by its own file, whose functions' callers may want its
 * name. A file that is loaded by its URL, or that package.json names, answers to others.
 */
export const deadExports: Rule = (files) => {
  const used = usedNames(files);
  const isPublic = publicFiles(files);
  return files
    .filter(({ path }) => isPackageSource(path) && isCode(path) && !isForTests(path))
    .filter(({ path }) => !/(?:^|\/)index\.ts$|\.d\.[cm]?ts$/.test(path) && !isPublic(path))
    .flatMap((file) => {
      const names = used.get(file.path) ?? new Set<string>();
      if (names.has('*')) return [];
      return exportsOf(file)
        .filter(({ name, isType }) => !names.has(name) && !(isType && isMentioned(file, name)))
        .map(({ name, line }) => ({ path: file.path, line, message: `nobody imports ${name}` }));
    });
};

/** For every file, the names that others take from it; `*` when they may take any. */
function usedNames(files: readonly ProjectFile[]): Map<string, Set<string>> {
  const resolve = resolver(files);
  const used = new Map<string, Set<string>>();
  for (const file of files.filter(({ path }) => isCode(path))) {
    for (const { specifier, names } of links(file)) {
      const target = resolve(file.path, specifier);
      if (target === undefined || target === file.path) continue;
      const known = used.get(target) ?? new Set<string>();
      names.forEach((name) => known.add(name));
      used.set(target, known);
    }
  }
  return used;
}

interface Export {
  name: string;
  line: number;
  /** Whether it is gone once compiled. */
  isType: boolean;
}

function exportsOf(file: ProjectFile): Export[] {
  return parse(file).statements.flatMap((statement) => {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    return exportedNames(statement).map((name) => ({ name, line: lineOf(statement), isType }));
  });
}

/** Whether a file uses a type that it declares, outside of the declaration itself. */
function isMentioned(file: ProjectFile, name: string): boolean {
  let isFound = false;
  for (const statement of parse(file).statements) {
    const declared = (statement as Partial<ts.DeclarationStatement>).name?.text;
    if (declared === name) continue;
    walk(statement, (node) => (isFound ||= ts.isIdentifier(node) && node.text === name));
  }
  return isFound;
}

function exportedNames(statement: ts.Statement): string[] {
  if (ts.isExportAssignment(statement)) return ['default'];
  if (ts.isExportDeclaration(statement)) {
    const clause = statement.exportClause;
    return clause && ts.isNamedExports(clause) ? clause.elements.map(({ name }) => name.text) : [];
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const has = (kind: ts.SyntaxKind) => modifiers.some((modifier) => modifier.kind === kind);
  if (!has(ts.SyntaxKind.ExportKeyword)) return [];
  if (has(ts.SyntaxKind.DefaultKeyword)) return ['default'];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  const { name } = statement as ts.DeclarationStatement;
  return name ? [name.text] : [];
}

/** The names that a declaration binds: one, or those inside a pattern. */
function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name),
  );
}
