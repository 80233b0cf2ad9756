import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RequestQueue } from "../request-queue";
import { Deadline } from "./deadline";

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a deadline", () => {
  it("calls the last registered callback once when it expires", () => {
    const fired: string[] = [];
    const deadline = new Deadline(100);
    deadline.guard(() => fired.push("first"));
    deadline.guard(() => fired.push("last"));
    vi.advanceTimersByTime(99);
    expect(deadline.expired).toBe(false);
    vi.advanceTimersByTime(2);
    expect(fired).toEqual(["last"]);
    expect(deadline.expired).toBe(true);
    expect(deadline.remainingMs).toBe(0);
  });

  it("calls a callback immediately when it has already expired", () => {
    const deadline = new Deadline(100);
    vi.advanceTimersByTime(101);
    let fired = 0;
    deadline.guard(() => fired++);
    expect(fired).toBe(1);
  });

  it("calls no callback once the request has settled", () => {
    let fired = 0;
    const deadline = new Deadline(100);
    deadline.guard(() => fired++);
    deadline.clear();
    vi.advanceTimersByTime(1_000);
    expect(fired).toBe(0);
  });
});

describe("a request queue", () => {
  /** A job that runs until it is released. */
  function blocker(): { readonly job: () => Promise<void>; readonly release: () => void } {
    let release = () => {};
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    return { job: () => done, release };
  }

  it("runs one job at a time, in the order of the calls", async () => {
    const queue = new RequestQueue();
    const order: number[] = [];
    const blockers = [1, 2, 3].map(() => blocker());
    const runs = blockers.map(({ job }, index) =>
      queue.run(new Deadline(1_000), () => {
        order.push(index);
        return job();
      }),
    );
    for (const [index, { release }] of blockers.entries()) {
      await vi.advanceTimersByTimeAsync(0);
      expect(order).toEqual([0, 1, 2].slice(0, index + 1));
      release();
      await runs[index];
    }
  });

  it("rejects a job whose deadline passes while it waits, without running it, and continues with the next", async () => {
    const queue = new RequestQueue();
    const { job, release } = blocker();
    const running = queue.run(new Deadline(1_000), job);
    const late = vi.fn(async () => undefined);
    const impatient = queue.run(new Deadline(10), late);
    const patient = queue.run(new Deadline(1_000), async () => "done");
    const outcome = expect(impatient).rejects.toMatchObject({ reason: "replyTimeout" });
    await vi.advanceTimersByTimeAsync(20);
    await outcome;
    release();
    await running;
    expect(await patient).toBe("done");
    expect(late).not.toHaveBeenCalled();
    expect(await queue.run(new Deadline(1_000), async () => "again")).toBe("again");
  });
});
