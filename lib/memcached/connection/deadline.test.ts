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
  it("tells whoever is registered last, once, when its time is over", () => {
    const told: string[] = [];
    const deadline = new Deadline(100);
    deadline.guard(() => told.push("first"));
    deadline.guard(() => told.push("last"));
    vi.advanceTimersByTime(99);
    expect(deadline.expired).toBe(false);
    vi.advanceTimersByTime(2);
    expect(told).toEqual(["last"]);
    expect(deadline.expired).toBe(true);
    expect(deadline.remainingMs).toBe(0);
  });

  it("tells at once whoever registers too late", () => {
    const deadline = new Deadline(100);
    vi.advanceTimersByTime(101);
    let told = 0;
    deadline.guard(() => told++);
    expect(told).toBe(1);
  });

  it("tells nobody once the request has settled", () => {
    let told = 0;
    const deadline = new Deadline(100);
    deadline.guard(() => told++);
    deadline.clear();
    vi.advanceTimersByTime(1_000);
    expect(told).toBe(0);
  });
});

describe("turns", () => {
  it("come one at a time, in the order of asking", async () => {
    const turns = new RequestQueue();
    const order: number[] = [];
    const take = async (name: number) => {
      await turns.take(new Deadline(1_000));
      order.push(name);
    };
    const all = [1, 2, 3].map(take);
    await all[0];
    expect(order).toEqual([1]);
    turns.pass();
    await all[1];
    turns.pass();
    await all[2];
    expect(order).toEqual([1, 2, 3]);
  });

  it("are given up by those whose time is over, and go to the next", async () => {
    const turns = new RequestQueue();
    expect(turns.take(new Deadline(1_000))).toBeNull();
    const impatient = turns.take(new Deadline(10));
    const patient = turns.take(new Deadline(1_000));
    const outcome = expect(impatient).rejects.toMatchObject({ reason: "replyTimeout" });
    vi.advanceTimersByTime(20);
    await outcome;
    turns.pass();
    await patient;
    turns.pass();
    expect(turns.take(new Deadline(1_000))).toBeNull();
  });
});
