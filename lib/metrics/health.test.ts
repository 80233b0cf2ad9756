import { describe, expect, it } from "vitest";
import type { Attention } from "@/lib/model/fleet.schema";
import { healthOf } from "./health";

const entry = (kind: Attention["kind"], severity: Attention["severity"]): Attention => ({
  node: "a:1",
  pool: "main",
  kind,
  severity,
  sinceMs: null,
  figures: {},
});

describe("the health of a node", () => {
  it("is ok when it is up and nothing needs attention", () => {
    expect(healthOf("up", [])).toEqual({ state: "ok", cause: null });
  });

  it("is the worst that needs attention, though it is up", () => {
    const found = [entry("listenDisabled", "critical"), entry("evictsYoung", "warning")];
    expect(healthOf("up", found)).toEqual({ state: "critical", cause: "listenDisabled" });
    expect(healthOf("up", found.slice(1))).toEqual({ state: "warning", cause: "evictsYoung" });
    expect(healthOf("up", [entry("restarted", "info")])).toEqual({ state: "info", cause: "restarted" });
  });

  it("is its status when it is not up, whatever else was found", () => {
    for (const status of ["down", "timeout", "authFailed", "protocolError"] as const) {
      expect(healthOf(status, [entry("exposed", "critical")])).toEqual({
        state: "critical",
        cause: "status",
      });
    }
    expect(healthOf("authRequired", [])).toEqual({ state: "warning", cause: "status" });
  });

  it("is unknown until the node was polled", () => {
    expect(healthOf("unknown", [entry("exposed", "critical")])).toEqual({ state: "unknown", cause: null });
  });
});
