import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PollLimiter } from "./poll-limiter";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Jobs that record their start, and last for a given time. */
function laneOf(width: number) {
  const lane = new PollLimiter(width);
  const begun: string[] = [];
  let running = 0;
  let mostRunning = 0;
  const add = (name: string, lastsMs: number) =>
    lane.add(async () => {
      begun.push(name);
      mostRunning = Math.max(mostRunning, ++running);
      if (lastsMs > 0) await new Promise((resolve) => setTimeout(resolve, lastsMs));
      running--;
    });
  return { lane, begun, add, running: () => running, mostRunning: () => mostRunning };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe("a poll limiter", () => {
  it("runs as many at once as its limit, in the order of the calls", async () => {
    const { begun, add, mostRunning } = laneOf(2);
    for (const name of ["a", "b", "c", "d", "e"]) add(name, 10);
    expect(begun).toEqual(["a", "b"]);
    await pass(10);
    expect(begun).toEqual(["a", "b", "c", "d"]);
    await pass(20);
    expect(begun).toEqual(["a", "b", "c", "d", "e"]);
    expect(mostRunning()).toBe(2);
  });

  it("gives the slots of slow jobs to waiting ones", async () => {
    const { lane, begun, add } = laneOf(4);
    for (let n = 0; n < 100; n++) add(`quick ${n}`, 1);
    await pass(100);
    expect(lane.hasWaiters).toBe(false);
    for (let n = 0; n < 4; n++) add(`silent ${n}`, 60_000);
    for (let n = 0; n < 8; n++) add(`living ${n}`, 1);
    expect(begun.at(-1)).toBe("silent 3");
    await pass(150);
    expect(begun.at(-1)).toBe("living 7");
    expect(lane.hasWaiters).toBe(false);
  });

  it("does not treat all nodes as silent when all are slow", async () => {
    const { add, mostRunning } = laneOf(4);
    for (let n = 0; n < 200; n++) add(`slow ${n}`, 300);
    await pass(60_000);
    expect(mostRunning()).toBe(4);
  });

  it("limits the number of slow jobs, and continues when they end", async () => {
    const { begun, add, running, mostRunning } = laneOf(2);
    for (let n = 0; n < 50; n++) add(`silent ${n}`, 5_000);
    await pass(4_900);
    expect(mostRunning()).toBe(2 + 2 * 2);
    await pass(60_000);
    expect(begun).toHaveLength(50);
    expect(mostRunning()).toBe(2 + 2 * 2);
    expect(running()).toBe(0);
  });

  it("lends nothing while this process itself is late", async () => {
    const { add, mostRunning } = laneOf(4);
    for (let n = 0; n < 100; n++) add(`refused ${n}`, 0);
    await pass(1);
    for (let n = 0; n < 40; n++) add(`held up ${n}`, 10_000);
    const start = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => start + 50);
    await pass(99);
    clock.mockImplementation(() => start + 150);
    await pass(1);
    expect(mostRunning()).toBe(4);
    clock.mockRestore();
    await pass(1_000);
    expect(mostRunning()).toBe(4 + 2 * 4);
  });

  it("keeps no timer when no job is queued", async () => {
    const { lane, add } = laneOf(2);
    lane.add(() => new Promise(() => {}));
    add("quick", 0);
    expect(vi.getTimerCount()).toBe(0);
    lane.add(() => new Promise(() => {}));
    add("waiting", 0);
    await pass(1_000);
    expect(lane.hasWaiters).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });
});
