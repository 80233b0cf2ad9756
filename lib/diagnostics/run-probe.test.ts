import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { NodeError } from "@/lib/model/errors";
import { plainNode } from "@/tests/doubles/plain-node";
import { fleetNode, scriptedNode } from "@/tests/doubles/scripted-node";
import type { Check, Probe, ProbeContext, ProbeTarget } from "./contract";
import { runProbe } from "./run-probe";

const CHECK: Check = { check: "verbosity", verdict: "pass", severity: "ok", title: "quiet", evidence: {} };

function target(): ProbeTarget {
  return {
    node: fleetNode("a:1"),
    view: plainNode({ id: "a:1" }),
    client: scriptedNode("a:1"),
    peers: () => [],
    recent: () => Promise.reject(new Error("not used here")),
    stats: () => Promise.reject(new Error("not used here")),
    exposure: () => Promise.resolve(null),
  };
}

function context(signal = new AbortController().signal): ProbeContext {
  return { nowMs: () => 0, signal, udpPayload: "version" };
}

const probe = (run: Probe["run"], deadlineMs = 10_000): Probe => ({ name: "settings", deadlineMs, run });

describe("running a probe", () => {
  const defects: unknown[] = [];
  const onDefect = (error: unknown) => defects.push(error);
  beforeEach(() => {
    vi.useFakeTimers();
    defects.length = 0;
  });
  afterEach(() => vi.useRealTimers());

  it("returns the probe's findings, each check once", async () => {
    const twice = probe(async () => [CHECK, { ...CHECK, title: "again" }, { ...CHECK, check: "drift" }]);
    expect(await runProbe(twice, target(), context(), onDefect)).toEqual({
      kind: "checked",
      checks: [CHECK, { ...CHECK, check: "drift" }],
    });
  });

  it("is inconclusive when the node cannot be queried, with the reason", async () => {
    const down = probe(() => Promise.reject(new NodeError("a:1", "connectionRefused")));
    const outcome = await runProbe(down, target(), context(), onDefect);
    expect(outcome).toMatchObject({ kind: "inconclusive", reason: expect.stringContaining("a:1: ") });
    expect(defects).toEqual([]);
  });

  it("ends at its deadline, aborts the probe, and ignores its later results", async () => {
    let stopped = false;
    const endless = probe(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            stopped = true;
            reject(signal.reason);
          });
        }),
      3_000,
    );
    const running = runProbe(endless, target(), context(), onDefect);
    await vi.advanceTimersByTimeAsync(2_999);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await running).toEqual({ kind: "inconclusive", reason: "the probe had no result within 3 s" });
    expect(stopped).toBe(true);
    expect(defects).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with its run", async () => {
    const ending = new AbortController();
    const running = runProbe(
      probe(() => new Promise(() => {})),
      target(),
      context(ending.signal),
      onDefect,
    );
    ending.abort();
    expect(await running).toMatchObject({ kind: "inconclusive" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("reports a defect without its details", async () => {
    const broken = probe(() => Promise.reject(new TypeError("secret detail")));
    const outcome = await runProbe(broken, target(), context(), onDefect);
    expect(JSON.stringify(outcome)).not.toContain("secret");
    expect(defects).toEqual([expect.any(TypeError)]);
  });

  it("bounds the findings of a hostile node", async () => {
    const many = probe(async () =>
      Array.from({ length: 5_000 }, (_, n) => ({ ...CHECK, check: `c${n}`, title: "x".repeat(100_000) })),
    );
    const outcome = await runProbe(many, target(), context(), onDefect);
    expect(JSON.stringify(outcome).length).toBeLessThan(300_000);
  });
});
