import type { Deadline } from "./connection/deadline";
import { ConnectionError } from "./connection/errors";

/** One after the other, in the order of asking. Waiting ends with the waiter's own deadline. */
export class RequestQueue {
  private busy = false;
  private readonly waiting: (() => void)[] = [];

  /** Null when it is the caller's turn at once; else resolves at its turn, rejects with `replyTimeout`. */
  take(deadline: Deadline): Promise<void> | null {
    if (!this.busy) {
      this.busy = true;
      return null;
    }
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      deadline.guard(() => {
        const at = this.waiting.indexOf(resolve);
        if (at < 0) return;
        this.waiting.splice(at, 1);
        reject(new ConnectionError("replyTimeout", "an earlier request took all the time"));
      });
    });
  }

  /** Ends the caller's turn. */
  pass(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.busy = false;
  }
}
