import { describe, expect, it } from "vitest";
import type { Finding } from "@/lib/model/finding";
import { filterFindings, findingKey, nodeOfKey, posture, probesDone } from "./posture";

function finding(node: string, some: Partial<Finding>): Finding {
  return {
    node,
    pool: "main",
    probe: "settings",
    check: "verbosity",
    verdict: "fail",
    severity: "warning",
    title: "It writes every command to its log",
    figures: {},
    evidence: {},
    remedy: [],
    atMs: 1,
    probedFrom: "here",
    patched: null,
    previous: null,
    ...some,
  };
}

const FINDINGS = [
  finding("a:1", { severity: "ok", verdict: "pass" }),
  finding("b:1", { severity: "info", check: "memory-default" }),
  finding("b:1", { severity: "critical", probe: "udp-exposure", check: "udp-answers", verdict: "open" }),
  finding("c:1", { severity: "warning", pool: "other" }),
  finding("c:1", { severity: "warning", pool: "other", check: "drift" }),
];

describe("the posture of a fleet", () => {
  it("has one row per node, the worst first", () => {
    expect(posture(FINDINGS).map(({ node, worst, open }) => [node, worst, open])).toEqual([
      ["b:1", "critical", 2],
      ["c:1", "warning", 2],
      ["a:1", "ok", 0],
    ]);
  });

  it("shows in each cell the worst of a probe's checks and how many are as bad", () => {
    const [b, c] = posture(FINDINGS);
    expect(b?.cells["udp-exposure"]).toEqual({ severity: "critical", unknown: false, count: 1 });
    expect(c?.cells.settings).toEqual({ severity: "warning", unknown: false, count: 2 });
    expect(b?.cells.tls).toBeNull();
  });

  it("tells a node that could not be asked from one that is well", () => {
    const [row] = posture([finding("d:1", { verdict: "unknown", severity: "info", probe: "tls" })]);
    expect(row?.cells.tls).toEqual({ severity: "info", unknown: true, count: 1 });
  });
});

describe("the progress of a run", () => {
  it("counts each node once a probe", () => {
    expect([...(probesDone({ findings: FINDINGS }) ?? [])]).toEqual([
      ["settings", 3],
      ["udp-exposure", 1],
    ]);
  });

  it("is not told by probe when only the worst findings are there", () => {
    const many = Array.from({ length: 1_000 }, (_, n) => finding(`n:${n}`, {}));
    expect(probesDone({ findings: many })).toBeNull();
  });
});

describe("the name of a finding", () => {
  it("gives back the node, whatever that is called", () => {
    for (const node of ["a:1", "[::1]:11211", "unix:/run/m@1.sock"]) {
      expect(nodeOfKey(findingKey({ node, check: "listens:all" }))).toBe(node);
    }
    expect(nodeOfKey(null)).toBeNull();
    expect(nodeOfKey("verbosity")).toBeNull();
  });
});

describe("the filter of findings", () => {
  const none = { severity: null, probe: null, pool: null, q: "" };

  it("hides what is well unless it is asked for", () => {
    expect(filterFindings(FINDINGS, none)).toHaveLength(4);
    expect(filterFindings(FINDINGS, { ...none, severity: "ok" })).toHaveLength(5);
    expect(filterFindings(FINDINGS, { ...none, severity: "warning" }).map(findingKey)).toEqual([
      "udp-answers@b:1",
      "verbosity@c:1",
      "drift@c:1",
    ]);
  });

  it("takes probe, pool and words together", () => {
    expect(filterFindings(FINDINGS, { ...none, pool: "other", q: "DRIFT" }).map(findingKey)).toEqual([
      "drift@c:1",
    ]);
    expect(filterFindings(FINDINGS, { ...none, probe: "udp-exposure", pool: "other" })).toEqual([]);
  });
});
