/** @typedef {{ tail: string, error?: NodeJS.ErrnoException }} Failure what a failed tool left behind */

/** What the installer's output points to, most telling first; each ends a sentence. */
const installCauses = [
  {
    // pnpm and npm print the code of the failed request, or their own word for it.
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|META_FETCH_FAIL|FETCH_ERROR|fetch failed|network (?:error|request)|error sending request/i,
    says: 'the package registry could not be reached; check the network or proxy settings',
  },
  {
    sign: /FROZEN_LOCKFILE|OUTDATED_LOCKFILE|LOCKFILE_CONFIG_MISMATCH/,
    says: 'pnpm-lock.yaml does not match the package.json files; restore them or update the lockfile',
  },
  { sign: /ENOSPC/, says: 'the disk is full; free some space' },
  {
    sign: /EACCES|EPERM|EROFS/,
    says: 'a file or folder may not be written; check who owns this folder and the npm cache',
  },
];

/**
 * Why the dependencies could not be installed, for a user who knows none of the tools involved.
 *
 * @param {Failure} failure
 * @returns {string} one sentence: what failed, the likely cause, what to do
 */
export function installComplaint({ tail, error }) {
  const cause =
    error?.code === 'ENOENT'
      ? 'npx was not found; install npm, which comes with Node'
      : (installCauses.find(({ sign }) => sign.test(`${error?.code ?? ''} ${tail}`))?.says ??
        'the installer failed; its last lines may say why, mend that');
  return `The dependencies could not be installed: ${cause} and run the same command again.`;
}

/**
 * Why the packages could not be built.
 *
 * @param {Failure} failure
 * @returns {string} one sentence: what failed, the likely cause, what to do
 */
export function buildComplaint({ tail }) {
  const cause = /error TS\d+/.test(tail)
    ? 'the compiler found errors in the sources; correct them'
    : 'the compiler or the bundler did not run to its end; delete the node_modules folder';
  return `The packages could not be built: ${cause} and run the same command again.`;
}
