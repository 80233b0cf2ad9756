/** The launcher cannot go on, for a reason that is told in one line, without a stack. */
export class Refusal extends Error {
  /**
   * @param {string} message one line; empty when the reason has been shown already
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
