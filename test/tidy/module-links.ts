import ts from 'typescript';
import { lineOf, oncePerFile, parse, walk } from './syntax.js';

/**
 * How one file refers to another. `static` links are followed before either file runs; `type` links
 * are gone once compiled; `later` ones are `import()` calls; a `url` names a file to be loaded by
 * somebody else, such as the entry of a thread.
 */
export type LinkKind = 'static' | 'type' | 'later' | 'url';

/** One reference from a file to a module. */
export interface Link {
  kind: LinkKind;
  specifier: string;
  /** The exports that it takes; `*` stands for all. */
  names: string[];
  line: number;
}

/** Every reference to a module that a file makes, in order. */
export const links = oncePerFile((file): readonly Link[] => {
  const found: Link[] = [];
  walk(parse(file), (node) => {
    const link = linkAt(node);
    if (link) found.push({ ...link, line: lineOf(node) });
  });
  return found;
});

function linkAt(node: ts.Node): Omit<Link, 'line'> | undefined {
  if (ts.isImportDeclaration(node)) {
    const specifier = literal(node.moduleSpecifier);
    const clause = node.importClause;
    const typeOnly = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
    if (specifier === undefined) return undefined;
    return { kind: typeOnly ? 'type' : 'static', specifier, names: importedNames(clause) };
  }
  if (ts.isExportDeclaration(node)) {
    const specifier = literal(node.moduleSpecifier);
    if (specifier === undefined) return undefined;
    const clause = node.exportClause;
    const names = clause && ts.isNamedExports(clause) ? clause.elements.map(sourceName) : ['*'];
    return { kind: node.isTypeOnly ? 'type' : 'static', specifier, names };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const specifier = literal(node.argument.literal);
    const name = node.qualifier ? node.qualifier.getText().split('.')[0]! : '*';
    return specifier === undefined ? undefined : { kind: 'type', specifier, names: [name] };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const specifier = literal(node.arguments[0]);
    return specifier === undefined ? undefined : { kind: 'later', specifier, names: ['*'] };
  }
  if (ts.isNewExpression(node) && isNamed(node.expression, 'URL')) {
    const specifier = literal(node.arguments?.[0]);
    const relative = node.arguments?.[1]?.getText() === 'import.meta.url';
    return specifier !== undefined && relative
      ? { kind: 'url', specifier, names: ['*'] }
      : undefined;
  }
  if (ts.isCallExpression(node) && isNamed(node.expression, 'fileBeside')) {
    const specifier = literal(node.arguments[1]);
    return specifier === undefined ? undefined : { kind: 'url', specifier, names: ['*'] };
  }
  return undefined;
}

const isNamed = (node: ts.Node, name: string): boolean =>
  ts.isIdentifier(node) && node.text === name;

function literal(node: ts.Node | undefined): string | undefined {
  return node && ts.isStringLiteralLike(node) ? node.text : undefined;
}

function importedNames(clause: ts.ImportClause | undefined): string[] {
  if (!clause) return [];
  const names = clause.name ? ['default'] : [];
  const bindings = clause.namedBindings;
  if (!bindings) return names;
  return ts.isNamespaceImport(bindings)
    ? [...names, '*']
    : [...names, ...bindings.elements.map(sourceName)];
}

/** `b` in `b as c`: the name on the other module's side. */
function sourceName(element: ts.ImportSpecifier | ts.ExportSpecifier): string {
  return (element.propertyName ?? element.name).text;
}
