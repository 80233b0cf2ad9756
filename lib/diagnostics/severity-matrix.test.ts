import { describe, expect, it } from "vitest";
import { PROBES } from "@/lib/model/findings/finding";
import type { FindingCounts } from "@/lib/records/tables/finding-rows";
import { parseSeverityMatrixCursor, SeverityMatrix, severityMatrixCursor } from "./severity-matrix";

function countRow(node: string, probe: string, severity: string, count = 1, unknown = 0): FindingCounts {
  return { node, probe, severity, count, unknown };
}

const NODES = ["a:1", "b:1", "c:1", "d:1", "e:1"].map((id) => ({ id, pool: "main" }));

function counted(): SeverityMatrix {
  const counts = new SeverityMatrix();
  counts.set("a:1", [countRow("a:1", "settings", "ok", 7)]);
  counts.set("b:1", [
    countRow("b:1", "settings", "info", 2),
    countRow("b:1", "settings", "ok", 3),
    countRow("b:1", "udp-exposure", "critical"),
  ]);
  counts.set("c:1", [countRow("c:1", "settings", "warning", 2), countRow("c:1", "tls", "info", 1, 1)]);
  counts.set("d:1", [countRow("d:1", "settings", "warning", 2), countRow("d:1", "tls", "info", 2, 1)]);
  return counts;
}

function rowsOf(counts: SeverityMatrix) {
  return counts.rows(NODES, null, 100).rows;
}

describe("the severity matrix of a fleet", () => {
  it("has one row per node that was diagnosed, the worst first", () => {
    expect(rowsOf(counted()).map(({ node, worst, open }) => [node, worst, open])).toEqual([
      ["b:1", "critical", 3],
      ["d:1", "warning", 4],
      ["c:1", "warning", 3],
      ["a:1", "ok", 0],
    ]);
  });

  it("shows in each cell the worst of a probe's checks and how many are as bad", () => {
    const [b, , c] = rowsOf(counted());
    expect(b?.probes).toEqual({
      settings: { severity: "info", unknown: false, count: 2 },
      "udp-exposure": { severity: "critical", unknown: false, count: 1 },
    });
    expect(c?.probes.settings).toEqual({ severity: "warning", unknown: false, count: 2 });
  });

  it("distinguishes a node that could not be read from one with known results", () => {
    const [, d, c] = rowsOf(counted());
    expect(c?.probes.tls).toEqual({ severity: "info", unknown: true, count: 1 });
    expect(d?.probes.tls).toEqual({ severity: "info", unknown: false, count: 2 });
  });

  it("sums the requested nodes, and knows which were never diagnosed", () => {
    const counts = counted();
    const ids = NODES.map(({ id }) => id);
    expect(counts.totals(ids, PROBES)).toEqual({ critical: 1, warning: 4, info: 5, ok: 10 });
    expect(counts.totals(["b:1"], ["settings"])).toEqual({ critical: 0, warning: 0, info: 2, ok: 3 });
    expect(counts.countsOf("c:1")).toEqual({ critical: 0, warning: 2, info: 1 });
    expect(counts.countsOf("e:1")).toBeNull();
    counts.set("c:1", []);
    expect(counts.countsOf("c:1")).toBeNull();
  });

  it("resumes after any row, also after one that has improved since", () => {
    const counts = counted();
    const rows = rowsOf(counts);
    for (const [at, row] of rows.entries()) {
      const position = parseSeverityMatrixCursor(severityMatrixCursor(row));
      expect(counts.rows(NODES, position, 2)).toEqual({ rows: rows.slice(at + 1, at + 3), more: at === 0 });
    }
    const second = parseSeverityMatrixCursor(
      severityMatrixCursor(rows[1] ?? { worst: "ok", open: 0, node: "" }),
    );
    counts.set("d:1", []);
    expect(counts.rows(NODES, second, 100).rows.map(({ node }) => node)).toEqual(["c:1", "a:1"]);
    expect(counts.diagnosed(NODES)).toBe(3);
  });

  it("refuses a foreign cursor", () => {
    for (const cursor of ["", "x", "o100", Buffer.from('["worst",1,"a"]').toString("base64url")]) {
      expect(() => parseSeverityMatrixCursor(cursor), cursor).toThrow(/nextCursor/);
    }
  });
});
