import { describe, expect, it } from "vitest";
import type { ActionTarget } from "@/lib/model/actions/action.schema";
import { actionCounts } from "./action-counts";

const target = (state: ActionTarget["state"], dueMs: number | null = null): ActionTarget => ({
  node: "a:1",
  state,
  detail: null,
  dueMs,
  sentMs: null,
  before: null,
  after: null,
});

describe("the progress of an action", () => {
  it("counts every target once", () => {
    const counts = actionCounts([
      target("verified"),
      target("failed"),
      target("skipped"),
      target("cancelled"),
      target("sent"),
      target("pending", 2_000),
      target("pending", 1_000),
    ]);
    expect(counts).toEqual({
      total: 7,
      verified: 1,
      failed: 1,
      left: 2,
      under: 1,
      pending: 2,
      nextDueMs: 1_000,
    });
    const { total, nextDueMs: _, ...parts } = counts;
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total);
  });

  it("has no due time when nothing is pending, although a sent target had one", () => {
    expect(actionCounts([target("verified", 5)]).nextDueMs).toBeNull();
  });
});
