import { describe, expect, it } from "vitest";
import { attentionEntry, nodeOf } from "@/tests/doubles/fleet-fixture";
import { countTones, healthOf } from "../node-health";
import { filterNodes, type NodeFilter, sortNodes } from "./filter-nodes";
import { filterOptions } from "./filter-options";

const none: NodeFilter = { q: "", pool: null, status: null, label: null, version: null };
const a = nodeOf("10.0.0.1:11211", { pool: "catalog", labels: { env: "production" }, version: "1.6.45" });
const b = nodeOf("10.0.0.2:11211", {
  pool: "sessions",
  labels: { env: "staging" },
  evictionsPerSecond: 9,
  health: { state: "warning", cause: "evicts" },
});
const c = nodeOf("10.0.0.10:11211", { pool: "sessions", status: "timeout", version: null });
const nodes = [a, b, c];
const ids = (list: readonly { id: string }[]) => list.map((node) => node.id);

describe("filters", () => {
  it("match every word in id, pool, version, status and labels", () => {
    expect(ids(filterNodes(nodes, { ...none, q: "SESSIONS  timeout" }))).toEqual([c.id]);
    expect(ids(filterNodes(nodes, { ...none, q: "env=prod" }))).toEqual([a.id]);
    expect(filterNodes(nodes, { ...none, q: "sessions catalog" })).toEqual([]);
  });

  it("match pool, status, version and label exactly", () => {
    expect(ids(filterNodes(nodes, { ...none, pool: "sessions" }))).toEqual([b.id, c.id]);
    expect(ids(filterNodes(nodes, { ...none, status: "timeout" }))).toEqual([c.id]);
    expect(ids(filterNodes(nodes, { ...none, version: "1.6.4" }))).toEqual([]);
    expect(ids(filterNodes(nodes, { ...none, label: "env=staging" }))).toEqual([b.id]);
    expect(ids(filterNodes(nodes, { ...none, label: "env" }))).toEqual([a.id, b.id]);
    expect(filterNodes(nodes, { ...none, label: "toString" })).toEqual([]);
  });

  it("offer the existing values with their node counts", () => {
    const choices = filterOptions(nodes);
    expect(choices.pool).toEqual([
      { value: "catalog", nodes: 1 },
      { value: "sessions", nodes: 2 },
    ]);
    expect(choices.version.map((choice) => choice.value)).toEqual(["1.6.18", "1.6.45"]);
  });
});

describe("order", () => {
  const health = healthOf(nodes, [attentionEntry(b, { kind: "evicts", severity: "warning" })]);

  it("is worst first: not up, then warnings, then the rest", () => {
    expect(ids(sortNodes(nodes, "worst", null, health))).toEqual([c.id, b.id, a.id]);
  });

  it("compares numbers in names as numbers", () => {
    expect(ids(sortNodes(nodes, "node", null, health))).toEqual([a.id, b.id, c.id]);
  });

  it("starts with the most evictions, with unreported values last both ways", () => {
    expect(ids(sortNodes(nodes, "evictions", null, health))[0]).toBe(b.id);
    expect(ids(sortNodes(nodes, "version", "asc", health)).at(-1)).toBe(c.id);
    expect(ids(sortNodes(nodes, "version", "desc", health)).at(-1)).toBe(c.id);
  });
});

describe("health", () => {
  it("does not raise a warning for an informational entry", () => {
    const health = healthOf([a], [attentionEntry(a, { kind: "restarted", severity: "info" })]);
    expect(health.get(a.id)).toEqual({ tone: "ok", attention: null, rank: Number.MAX_SAFE_INTEGER });
  });

  it("counts nodes by severity", () => {
    const unknown = nodeOf("x:1", { status: "unknown" });
    const all = [...nodes, unknown];
    const health = healthOf(all, [attentionEntry(b, { kind: "evicts", severity: "warning" })]);
    expect(countTones(all, health)).toEqual({ ok: 1, warn: 1, crit: 1, off: 1 });
  });
});
