import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../packages/core/src/config.js';
import { testNames } from '../scripts/conformance/test-names.mjs';
import { readProject } from './tidy/project-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const pages = readProject(root).filter(({ path }) => path.endsWith('.md'));
const semantics = read('docs/SEMANTICS.md');

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  node.forEachChild((child) => walk(child, visit));
}

/** The value of a constant that is made of numbers. */
function constant(path: string, name: string): number {
  const source = parse(path);
  const declared = new Map<string, ts.Expression>();
  walk(source, (node) => {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined) return;
    if (ts.isIdentifier(node.name)) declared.set(node.name.text, node.initializer);
  });
  const valueOf = (node: ts.Expression | undefined): number => {
    if (node === undefined) throw new Error(`${path} declares no ${name}`);
    if (ts.isNumericLiteral(node)) return Number(node.text);
    if (ts.isIdentifier(node)) return valueOf(declared.get(node.text));
    if (!ts.isBinaryExpression(node)) throw new Error(`${node.getText()} is not made of numbers`);
    const [a, b] = [valueOf(node.left), valueOf(node.right)];
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.AsteriskToken:
        return a * b;
      case ts.SyntaxKind.AsteriskAsteriskToken:
        return a ** b;
      case ts.SyntaxKind.SlashToken:
        return a / b;
      case ts.SyntaxKind.LessThanLessThanToken:
        return a << b;
      default:
        throw new Error(`${node.getText()}: this operator is not reckoned here`);
    }
  };
  return valueOf(declared.get(name));
}

/** The anchors of a page's headings, as code hosts make them. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .replace(/ /g, '-'),
  );
}

/** The rows of a page's tables, each as its cells. */
const rows = (markdown: string): string[][] =>
  markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, line.lastIndexOf('|')).split('|'))
    .map((cells) => cells.map((cell) => cell.trim()));

/** Most characters that a reader finds in a cell, or in a row of docs/SEMANTICS.md; prose has more room. */
const longest = 200;

/** A value as the page prints it: `65,536`, `0.2`, `off` for undefined, `` `zhtp` `` for a list. */
function printed(value: unknown): string {
  if (value === undefined) return 'off';
  if (Array.isArray(value)) return value.map((item) => `\`${printed(item)}\``).join(', ');
  return typeof value === 'number' ? value.toLocaleString('en-US') : (value as string);
}

/** Options that are off have no key in a resolved configuration. */
const offOptions = ['peers.rateLimits.globalPerSecond', 'peers.rateLimits.perPeerPerMinute'];

function leaves(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, inner] as [string, unknown]],
  );
}

describe('docs/SEMANTICS.md', () => {
  it('names only tests that exist, as other pages do', () => {
    const others = ['docs/DURABILITY.md', 'docs/DASHBOARD.md', 'docs/COMMANDS.md'];
    const claims = [semantics, ...others.map(read)].join('\n');
    const named = [...claims.matchAll(/^- `([^`]+\.test\.ts)` › (.+)$/gm)];
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter(([, path, name]) => {
      return !existsSync(join(root, path!)) || !testNames(join(root, path!)).has(name!);
    });
    expect(missing.map(([line]) => line)).toEqual([]);
  });

  it('names a test for every guarantee', () => {
    const sections = semantics.split(/^## /m).slice(1);
    const guarantees = sections.filter((section) => /^\d+\. /.test(section));
    expect(guarantees.length).toBeGreaterThan(8);
    expect(guarantees.filter((section) => !section.includes('.test.ts` › '))).toEqual([]);
  });

  it('lists every option with its default', () => {
    const groups = Object.keys(resolveConfig());
    const listed = rows(semantics).flatMap(([name, value]) => {
      const path = /^`([a-z]\w*(?:\.\w+)*)`$/.exec(name!)?.[1];
      const isOption = path !== undefined && (path.includes('.') || groups.includes(path));
      return isOption ? [`${path}: ${value!}`] : [];
    });
    const options = [
      ...leaves(resolveConfig()),
      ...offOptions.map((path): [string, unknown] => [path, undefined]),
    ];
    expect(listed.sort()).toEqual(
      options.map(([path, value]) => `${path}: ${printed(value)}`).sort(),
    );
  });

  it('has no row of a table that is longer than 200 characters', () => {
    const written = semantics.split('\n').filter((line) => line.startsWith('|'));
    expect(written.length).toBeGreaterThan(80);
    expect(written.filter((line) => line.length > longest)).toEqual([]);
  });

  it('gives fixed limits the values that they have in the code', () => {
    const limits = rows(semantics).flatMap(([name, value, , where]) => {
      const constantName = /^`(\w+)`$/.exec(name!)?.[1];
      const path = /\]\(\.\.\/(packages\/[^)]+)\)/.exec(where ?? '')?.[1];
      return constantName && path ? [{ constantName, value: value!, path }] : [];
    });
    expect(limits.length).toBeGreaterThan(8);
    for (const { constantName, value, path } of limits) {
      expect(`${constantName}: ${value}`).toBe(
        `${constantName}: ${printed(constant(path, constantName))}`,
      );
    }
  });
});

/** Files that a page tells its reader to make: test/extending.test.ts makes them. */
const newFiles = /<!-- new \S+ -->\n+^```[^]*?^```$/gm;
const exampleBlock = /(?:<!-- (examples\/\S+) -->\n+)?```(?:js|ts)\n([^]*?)```/g;

describe('docs/COMMANDS.md', () => {
  it('lists every command, and no other', () => {
    const command = join(root, 'packages/sim/bin/panoptes.js');
    const help = execFileSync(process.execPath, [command, '--help'], { encoding: 'utf8' });
    const [, listed] = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)!;
    const commands = [...listed!.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
    expect(commands.length).toBeGreaterThan(10);
    const named = rows(read('docs/COMMANDS.md')).flatMap(
      ([cell]) => /^`([a-z]+)`$/.exec(cell!)?.[1] ?? [],
    );
    expect([...named, 'help'].sort()).toEqual(commands.sort());
  });
});

describe('every page', () => {
  it('has no cell of a table that is longer than 200 characters', () => {
    const cells = pages.flatMap(({ path, text }) =>
      rows(text).flatMap((row) => row.map((cell) => ({ path, cell }))),
    );
    expect(cells.length).toBeGreaterThan(1_000);
    expect(cells.filter(({ cell }) => cell.length > longest && !/^-+$/.test(cell))).toEqual([]);
  });

  it('has only relative links that lead somewhere', () => {
    const dead = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(
        ([, target, anchor]) => {
          const file = target === '' ? path : join(dirname(path), target!);
          const isThere = existsSync(join(root, file));
          const isHit = anchor === undefined || (isThere && anchors(read(file)).includes(anchor));
          return isThere && isHit ? [] : [`${path}: ${target ?? ''}#${anchor ?? ''}`];
        },
      ),
    );
    expect(dead).toEqual([]);
  });

  it('shows code only as it stands in examples/, or as a test of the page builds it', () => {
    const blocks = pages.flatMap(({ path, text }) =>
      [...text.replace(newFiles, '').matchAll(exampleBlock)].map(([, example, code]) => {
        return { path, example, code: code! };
      }),
    );
    expect(blocks.length).toBeGreaterThan(2);
    expect(pages.filter(({ text }) => text.search(newFiles) !== -1)).toMatchObject([
      { path: 'docs/EXTENDING.md' },
    ]);
    const astray = blocks.filter(
      ({ example, code }) => example === undefined || !`\n${read(example)}`.includes(`\n${code}`),
    );
    expect(astray.map(({ path, code }) => `${path}: ${code.slice(0, 60)}`)).toEqual([]);
  });
});
