import ts from 'typescript';
import type { ProjectFile } from './project-file.js';

/** Finds something in each file once, however many rules look at it. */
export function oncePerFile<Found>(
  find: (file: ProjectFile) => Found,
): (file: ProjectFile) => Found {
  const known = new WeakMap<ProjectFile, { readonly found: Found }>();
  return (file) => {
    const { found } = known.get(file) ?? { found: find(file) };
    known.set(file, { found });
    return found;
  };
}

/** The syntax tree of a file. */
export const parse = oncePerFile((file) =>
  ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true),
);

/** The line in which a node begins, counted from 1. */
export function lineOf(node: ts.Node): number {
  const tree = node.getSourceFile();
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Calls `visit` for a node and everything below it, comments aside. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** A comment with its delimiters. */
export interface Comment {
  text: string;
  /** Where it begins in the file, counted from 0. */
  offset: number;
}

/** Every comment of a file, in order. Text inside strings, templates and patterns is no comment. */
export const comments = oncePerFile((file): readonly Comment[] => {
  const tree = parse(file);
  const found = new Map<number, Comment>();
  const collect = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? [])
      found.set(pos, { offset: pos, text: file.text.slice(pos, end) });
  };
  const visitTokens = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(tree);
    if (children.length > 0) return children.forEach(visitTokens);
    collect(ts.getLeadingCommentRanges(file.text, node.pos));
    // What follows the opening half of a template is the template's text or an expression.
    if (!ts.isTemplateHead(node) && !ts.isTemplateMiddle(node))
      collect(ts.getTrailingCommentRanges(file.text, node.end));
  };
  visitTokens(tree);
  return [...found.values()].sort((a, b) => a.offset - b.offset);
});
