/** A set-up that cannot go on, with a message for the user: one sentence, then the tool's last lines. */
export class SetupError extends Error {
  /**
   * @param {string} sentence what failed, why in all likelihood, and what to do
   * @param {string} [output] the last lines that the failing tool printed
   */
  constructor(sentence, output = '') {
    super(output === '' ? sentence : `${sentence}\n${output.replace(/^/gm, '  | ')}`);
    this.name = 'SetupError';
  }
}
