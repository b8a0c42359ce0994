import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** One text file of the project. */
export interface ProjectFile {
  /** Relative to the project's root, with forward slashes. */
  path: string;
  text: string;
}

/** A place that breaks a rule, printed as `path:line message`. */
export interface Violation {
  path: string;
  /** Counted from 1. */
  line: number;
  message: string;
}

/**
 * A rule of taste: looks at all files at once and names every place that breaks it. Pure, so that
 * each rule can be shown files that must fail.
 */
export type Rule = (files: readonly ProjectFile[]) => Violation[];

/** The form in which a failing test lists its places. */
export function printed({ path, line, message }: Violation): string {
  return `${path}:${line} ${message}`;
}

/** Whether a path is TypeScript or JavaScript, with markup or without. */
export function isCode(path: string): boolean {
  return /\.(?:[cm]?[jt]s|tsx)$/.test(path);
}

/** Whether a file exists for tests alone: a test, what a test loads, or anything below test/. */
export function isForTests(path: string): boolean {
  return path.startsWith('test/') || /\.(?:test|fixture)\.[cm]?[jt]s$/.test(path);
}

/** Whether a path belongs to a package's sources. */
export function isPackageSource(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path);
}

/**
 * The number of the line in which a character stands.
 *
 * @param offset position in `text`, counted from 0
 */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/**
 * Reads every text file of the project below `root`: what version control would keep of the places
 * that are its own. It asks .gitignore and not git, which a user who unpacked an archive may not have.
 *
 * @throws Error on a line of .gitignore that is neither a plain name nor `*.ending`
 */
export function readProject(root: string): ProjectFile[] {
  const ignores = ignoring(readFileSync(join(root, '.gitignore'), 'utf8'));
  const own = ownPlaces(root);
  const read = (folder: string): ProjectFile[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter(({ name }) => !ignores(name) && (folder !== '' || own.has(name)))
      .flatMap((entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return read(path);
        return entry.isFile() ? readText(root, path) : [];
      });
  return read('');
}

/** What is the project's at its root, by .prettierignore: all else there is a user's own. */
export function ownPlaces(root: string): Set<string> {
  const lines = readFileSync(join(root, '.prettierignore'), 'utf8').split('\n');
  return new Set(lines.flatMap((line) => /^!\/([^/]+)\/?$/.exec(line)?.[1] ?? []));
}

function readText(root: string, path: string): ProjectFile[] {
  const largestBytes = 4 * 1024 * 1024;
  if (statSync(join(root, path)).size > largestBytes) return [];
  const text = readFileSync(join(root, path), 'utf8');
  return text.includes('\0') ? [] : [{ path, text }];
}

/** Turns the text of a .gitignore into a question about names. */
export function ignoring(gitignore: string): (name: string) => boolean {
  const lines = gitignore.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const patterns = lines.map((line) => line.trim().replace(/\/$/, ''));
  const odd = patterns.find((pattern) => !/^(?:\*\.)?[\w.-]+$/.test(pattern));
  if (odd !== undefined) throw new Error(`tidy reads names and *.ending in .gitignore, not ${odd}`);
  return (name) =>
    patterns.some((pattern) =>
      pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : name === pattern,
    );
}
