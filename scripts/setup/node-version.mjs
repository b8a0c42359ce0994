/**
 * What to tell a user whose Node does not satisfy the project.
 *
 * @param {string} actual the running version, such as `14.21.3`
 * @param {string} range the `engines.node` of package.json; only the form `>=20.19` or `>=20.19.1`
 * @returns {string | undefined} one sentence, or undefined when the version is new enough
 * @throws {Error} when the range has another form
 */
export function nodeComplaint(actual, range) {
  const minimum = /^>=(\d+(?:\.\d+){1,2})$/.exec(range);
  if (!minimum) throw new Error(`engines.node must look like ">=20.19", not "${range}".`);
  const needed = minimum[1].split('.').map(Number);
  const present = actual.replace(/-.*$/, '').split('.').map(Number);
  for (let part = 0; part < needed.length; part += 1) {
    if (present[part] > needed[part]) return undefined;
    if (present[part] < needed[part]) {
      return `Panoptes needs Node ${minimum[1]} or newer and this is Node ${actual}: install a newer Node from https://nodejs.org and run the same command again.`;
    }
  }
  return undefined;
}
