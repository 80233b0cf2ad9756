/** The launcher cannot continue; the reason is printed in one line without a stack. */
export class Refusal extends Error {
  /**
   * @param {string} message one line; empty when the reason is already printed
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
