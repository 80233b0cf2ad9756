import type { Deadline } from "./connection/deadline";
import { Fault } from "./connection/errors";

/** One after the other, in the order of asking. Waiting ends with the waiter's own deadline. */
export class Turns {
  private taken = false;
  private readonly waiting: (() => void)[] = [];

  /** Null when it is the caller's turn at once; else resolves at its turn, rejects with `replyTimeout`. */
  take(deadline: Deadline): Promise<void> | null {
    if (!this.taken) {
      this.taken = true;
      return null;
    }
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      deadline.guard(() => {
        const at = this.waiting.indexOf(resolve);
        if (at < 0) return;
        this.waiting.splice(at, 1);
        reject(new Fault("replyTimeout", "an earlier request took all the time"));
      });
    });
  }

  /** Ends the caller's turn. */
  pass(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.taken = false;
  }
}
