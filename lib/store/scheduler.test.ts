import { describe, expect, it } from "vitest";
import { Scheduler, type Task } from "./scheduler";

function* spin(ms: number, steps: number, step: () => void): Task<string> {
  for (let index = 0; index < steps; index++) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    step();
    yield;
  }
  return "done";
}

const run = <Reply>(scheduler: Scheduler, task: Task<Reply>) =>
  new Promise<Reply>((resolve, reject) => scheduler.run(task, resolve, reject));

describe("the scheduler", () => {
  it("runs one foreground task to its end before the next one starts", async () => {
    const scheduler = new Scheduler(
      () => null,
      () => {},
    );
    const order: string[] = [];
    await Promise.all([
      run(
        scheduler,
        spin(5, 6, () => order.push("first")),
      ),
      run(
        scheduler,
        spin(5, 6, () => order.push("second")),
      ),
    ]);
    expect(order).toEqual([...new Array(6).fill("first"), ...new Array(6).fill("second")]);
  });

  it("handles messages between two steps of a long task", async () => {
    const scheduler = new Scheduler(
      () => null,
      () => {},
    );
    const order: string[] = [];
    const long = run(
      scheduler,
      spin(5, 12, () => order.push("step")),
    );
    setImmediate(() => order.push("message"));
    await long;
    expect(order.indexOf("message")).toBeGreaterThan(-1);
    expect(order.indexOf("message")).toBeLessThan(order.length - 1);
  });

  it("keeps background work from starving, and from running inside a foreground task", async () => {
    const order: string[] = [];
    let left = 3;
    const scheduler = new Scheduler(
      function next(): Task<void> | null {
        if (left-- <= 0) return null;
        return (function* () {
          yield* spin(1, 1, () => order.push("background"));
        })();
      },
      () => {},
    );
    await Promise.all(
      ["a", "b", "c"].map((name) =>
        run(
          scheduler,
          spin(6, 3, () => order.push(name)),
        ),
      ),
    );
    expect(order.filter((name) => name !== "background").join("")).toBe("aaabbbccc");
    expect(order.slice(0, -1)).toContain("background");
    expect(order.join(" ")).not.toMatch(/(a background a|b background b|c background c)/);
  });

  it("rejects the caller when a task fails, and continues with the next", async () => {
    const failures: unknown[] = [];
    let broken = true;
    const scheduler = new Scheduler(
      () => {
        if (!broken) return null;
        broken = false;
        throw new Error("background");
      },
      (error) => failures.push(error),
    );
    const failing = run(
      scheduler,
      (function* (): Task<void> {
        yield;
        throw new Error("foreground");
      })(),
    );
    await expect(failing).rejects.toThrow("foreground");
    await expect(
      run(
        scheduler,
        spin(0, 1, () => {}),
      ),
    ).resolves.toBe("done");
    expect(failures.map(String)).toEqual(["Error: background"]);
  });
});
