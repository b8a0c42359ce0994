import type { ProjectFile, Rule, Violation } from './project-file.js';

/** Every line of the files that matches, reported with what matched. */
function matchingLines(
  files: readonly ProjectFile[],
  pattern: RegExp,
  complaint: (match: string) => string,
): Violation[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((content, index) => {
      const match = pattern.exec(content)?.[0];
      return match === undefined ? [] : [{ path, line: index + 1, message: complaint(match) }];
    }),
  );
}

/** Hosts that serve packages, and settings that name one. */
const registryHost =
  /\bregistry\.[\w-]+\.(?:org|com|net|io|dev)\b|\bnpm\.pkg\.github\.com\b|\bregistry\s*=\s*["']?https?:/;

/** Where packages come from is for each machine to say. */
export const registryHosts: Rule = (files) =>
  matchingLines(files, registryHost, (match) => `names a package registry: ${match}`);

/** Absolute folders of one machine; a relative path or an address may contain the same words. */
const machineFolder = /(?<![\w.*})\]-])\/(?:work|root|tmp|home|Users)\/|\b[A-Z]:\\Users\\/;

/** No file knows a folder of the machine that it was written on. */
export const machinePaths: Rule = (files) =>
  matchingLines(files, machineFolder, (match) => `names a folder of one machine: ${match}`);

/** The lockfile names packages and their hashes, never where they were fetched. */
export const lockfileHosts: Rule = (files) =>
  matchingLines(
    files.filter(({ path }) => path.endsWith('pnpm-lock.yaml')),
    /^(?!\s*deprecated:).*(?:https?:\/\/|\btarball:)/,
    (match) => `names an address: ${match.trim()}`,
  );
