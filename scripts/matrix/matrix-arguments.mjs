import { SetupError } from '../setup/setup-error.mjs';

/** The major versions of Node that Panoptes is tested on before a release. */
export const supportedMajors = [20, 22, 24, 26];

/**
 * Reads the command's arguments.
 *
 * @param {readonly string[]} args `--node 22,24` or `--node=22,24`, and any files or folders
 * @returns {{ majors: number[], files: string[] }}
 * @throws {SetupError} when a version is none of the supported ones, or an option is unknown
 */
export function matrixArguments(args) {
  const files = [];
  let majors = supportedMajors;
  for (let at = 0; at < args.length; at += 1) {
    const [option, value] = args[at].split('=');
    if (option === '--node') majors = readMajors(value ?? args[++at] ?? '');
    else if (option.startsWith('-')) {
      throw new SetupError(`There is no option ${option}: expected --node 22,24 and test files.`);
    } else files.push(args[at]);
  }
  return { majors, files };
}

/** @param {string} text */
function readMajors(text) {
  const majors = text.split(',').map(Number);
  if (majors.every((major) => supportedMajors.includes(major))) return [...new Set(majors)];
  throw new SetupError(
    `--node: expected major versions with commas between them, of ${supportedMajors.join(', ')}, got '${text}'.`,
  );
}
