import { describe, expect, it } from "vitest";
import { Semaphore } from "./semaphore";

describe("a semaphore", () => {
  it("grants permits in the order of the requests, never too many, and a wait ends with its signal", async () => {
    const semaphore = new Semaphore(2);
    const running = new AbortController();
    const order: string[] = [];
    const acquire = async (name: string, signal = running.signal) => {
      const release = await semaphore.acquire(signal);
      order.push(release === null ? `${name} abandoned` : name);
      return release ?? (() => {});
    };
    const releaseFirst = await acquire("first");
    await acquire("second");
    const abandoning = new AbortController();
    const third = acquire("third", abandoning.signal);
    const fourth = acquire("fourth");
    const fifth = acquire("fifth");
    expect(semaphore.waiting).toBe(3);
    abandoning.abort();
    await third;
    expect(order).toEqual(["first", "second", "third abandoned"]);
    releaseFirst();
    releaseFirst();
    await fourth;
    expect(order.at(-1)).toBe("fourth");
    (await fourth)();
    await fifth;
    expect(order).toEqual(["first", "second", "third abandoned", "fourth", "fifth"]);
    expect(await semaphore.acquire(AbortSignal.abort())).toBeNull();
  });

  it("runs work with a permit, and releases it when the work fails", async () => {
    const semaphore = new Semaphore(1);
    let running = 0;
    const work = async (fail: boolean) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      if (fail) throw new Error("failed");
      return "done";
    };
    const results = await Promise.allSettled(
      [true, false, false].map((fail) => semaphore.run(() => work(fail))),
    );
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  });
});
