import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, describe } from '@panoptes/core';
import { realPathOf, statsAt } from '@panoptes/testkit/model';

/**
 * The files that a module consists of: itself, what it and they import by relative paths, and the manifests that
 * say how Node reads them.
 *
 * @param entry - its path
 * @returns absolute paths; what is named and not there is left out, for whoever imports it to miss
 * @throws {ConfigError} when one of them imports a package that a worker does not have
 */
export function moduleFiles(entry: string): string[] {
  const found = new Set<string>();
  const waiting = [resolve(entry)];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (!isCode(file)) continue;
    const manifest = /\.[jt]s$/.test(file) ? manifestOf(file) : undefined;
    if (manifest !== undefined) found.add(manifest);
    for (const specifier of specifiersIn(readFileSync(file, 'utf8'))) {
      const target = targetOf(specifier, file);
      if (target !== undefined) waiting.push(target);
    }
  }
  return [...found];
}

const isCode = (file: string): boolean => /\.[cm]?[jt]s$/.test(file);

/** All that a module's text imports, requires, or makes a URL of beside itself. */
function specifiersIn(text: string): Set<string> {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$/gm, '');
  return new Set(forms.flatMap((form) => [...code.matchAll(form)].map((match) => match[2]!)));
}

const forms = [
  /^\s*import\s*(?:[\w*${][^'"`;()]*?\bfrom\s*)?(['"])([^'"\n]+)\1/gm,
  /^\s*(?:\}|export\b[^'"`;()]*?)\s*from\s*(['"])([^'"\n]+)\1/gm,
  /\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g,
  /\bnew URL\(\s*(['"])(\.[^'"\n]*)\1\s*,\s*import\.meta\.url/g,
];

function targetOf(specifier: string, importer: string): string | undefined {
  if (/^\.\.?(?:\/|$)/.test(specifier)) {
    const path = specifier.split(/[?#]/)[0]!;
    const target = resolve(dirname(importer), decodeURI(path));
    return endings.map((ending) => target + ending).find(isFile);
  }
  if (isBuiltin(specifier) || /^(?:@panoptes\/|data:)/.test(specifier)) return undefined;
  if (specifier.startsWith('file:')) return fileURLToPath(specifier);
  throw new ConfigError(
    `--cluster: ${importer}: expected imports of files beside it, of Node and of @panoptes packages, ` +
      `got ${describe(specifier)}, which workers do not have; bundle the module with what it imports`,
  );
}

/** What CommonJS finds without being told. */
const endings = ['', '.js', '.cjs', '.json', '.node', '/index.js'];

const isFile = (path: string): boolean => statsAt(path)?.isFile() === true;

/** The nearest one: it says whether `.js` is a module. */
function manifestOf(file: string): string | undefined {
  for (let folder = dirname(realPathOf(file)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (isFile(manifest)) return manifest;
    if (folder === dirname(folder)) return undefined;
  }
}
