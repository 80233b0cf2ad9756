import type { Deadline } from "./connection/deadline";
import { ConnectionError } from "./connection/errors";

/** Runs jobs one after the other, in the order of their calls. */
export class RequestQueue {
  private busy = false;
  private readonly waiting: (() => void)[] = [];

  /** Rejects with `replyTimeout`, without running the job, if the deadline passes first. */
  async run<Result>(deadline: Deadline, job: () => Promise<Result>): Promise<Result> {
    if (this.busy) await this.wait(deadline);
    this.busy = true;
    try {
      // The deadline can pass in the same tick in which the wait ends. The connection is not at fault.
      if (deadline.expired) throw waitedTooLong();
      return await job();
    } finally {
      this.next();
    }
  }

  private wait(deadline: Deadline): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      deadline.guard(() => {
        const index = this.waiting.indexOf(resolve);
        if (index < 0) return;
        this.waiting.splice(index, 1);
        reject(waitedTooLong());
      });
    });
  }

  /** Stays busy for the next job, so that no other one gets ahead of it. */
  private next(): void {
    const start = this.waiting.shift();
    if (start) start();
    else this.busy = false;
  }
}

/** The time went to earlier requests: the node may be fine. */
export function waitedTooLong(): ConnectionError {
  return new ConnectionError("replyTimeout", "earlier requests used up the time");
}
