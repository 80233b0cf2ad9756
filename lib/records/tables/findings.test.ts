import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROBES, SEVERITIES } from "@/lib/model/findings/finding";
import { closeDatabase, openDatabase } from "@/lib/store/database";
import { openRecords, type RecordsStore } from "../open";
import type { BriefRow, FindingPosition, FindingsFind, NewFindingRow } from "./finding-rows";
import { RECORD_MIGRATIONS } from "./schema";

const NODE = "10.0.0.1:11211";
const PROBE = "settings";
const EVERYTHING: FindingsFind = {
  nodes: null,
  severities: SEVERITIES.toReversed(),
  probes: PROBES,
  check: null,
  q: null,
  after: null,
  limit: 1_000,
};

function row(check: string, more: Partial<NewFindingRow> = {}): NewFindingRow {
  return {
    check,
    verdict: "pass",
    severity: "ok",
    title: `${check} is as it should be`,
    figures: "{}",
    evidence: '{"value":0}',
    remedy: "[]",
    atMs: 1_000,
    probedFrom: "here",
    version: "1.6.18",
    ...more,
  };
}

describe("stored findings", () => {
  let directory = "";
  let store: RecordsStore;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "memfleet-findings-"));
    store = await openRecords(directory);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const putOf = async (node: string, probe: string, ...rows: NewFindingRow[]) => {
    const [reply] = await store.call("finding.put", { puts: [{ kind: "checked", node, probe, rows }] });
    if (reply === undefined) throw new Error("no reply");
    return reply;
  };
  const openMemfleet = (versions = RECORD_MIGRATIONS.length) => {
    const migrations = RECORD_MIGRATIONS.slice(0, versions);
    const plan = { file: "memfleet.db", pageSize: 4096, migrations, maxBytes: null };
    return openDatabase(directory, { ...plan, synchronous: "NORMAL" }, 0).connection;
  };
  const put = (...rows: NewFindingRow[]) => putOf(NODE, PROBE, ...rows);
  const unasked = async (atMs: number) => {
    const silence = { verdict: "unknown", severity: "info", title: "not asked", atMs };
    const rows = [row("not-asked", silence)];
    const puts = [{ kind: "unasked" as const, node: NODE, probe: PROBE, rows }];
    const [reply] = await store.call("finding.put", { puts });
    return reply;
  };
  const all = () => store.call("finding.findDetailed", EVERYTHING);
  const counts = async () =>
    Object.fromEntries(
      (await store.call("finding.counts", { node: null })).map(({ severity, count }) => [severity, count]),
    );

  it("keep the newest of each check and the one before", async () => {
    await put(row("verbosity"));
    await put(row("verbosity", { verdict: "fail", severity: "warning", atMs: 2_000 }));
    await put(row("verbosity", { verdict: "fail", severity: "warning", title: "two", atMs: 3_000 }));
    const [found, ...rest] = await all();
    expect(rest).toEqual([]);
    expect(found).toMatchObject({ check: "verbosity", title: "two", atMs: 3_000 });
    expect(found?.previous).toMatchObject({ verdict: "fail", atMs: 2_000, evidence: '{"value":0}' });
  });

  it("lose a check that its probe no longer names", async () => {
    await put(row("verbosity"), row("drift"));
    await put(row("verbosity"));
    expect((await all()).map(({ check }) => check)).toEqual(["verbosity"]);
  });

  it("report what became worse or better, and nothing for the first diagnosis", async () => {
    const first = await put(row("verbosity"), row("drift", { severity: "info", verdict: "fail" }));
    expect(first.changes).toEqual([]);
    const second = await put(row("verbosity", { severity: "warning", verdict: "fail" }), row("new"));
    expect(second.changes).toEqual([
      { check: "verbosity", before: "ok", after: "warning" },
      { check: "drift", before: "info", after: null },
    ]);
    expect((await put(row("verbosity", { severity: "warning", verdict: "fail" }))).changes).toEqual([]);
  });

  it("keep their severity while the node cannot be read, and contain the previous result", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning", title: "verbosity is 2" }));
    expect((await unasked(2_000))?.changes).toEqual([]);
    await unasked(3_000);
    expect(await all()).toEqual([
      expect.objectContaining({
        check: "verbosity",
        verdict: "unknown",
        severity: "warning",
        title: "not asked",
        atMs: 3_000,
        previous: expect.objectContaining({ verdict: "fail", title: "verbosity is 2", atMs: 1_000 }),
      }),
    ]);
    expect(await counts()).toEqual({ warning: 1 });
  });

  it("compare with the last known result when the node responds again", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    await unasked(2_000);
    const again = await put(row("verbosity", { atMs: 3_000 }));
    expect(again.changes).toEqual([{ check: "verbosity", before: "warning", after: "ok" }]);
    expect(again.rows[0]?.previous).toMatchObject({ verdict: "fail", atMs: 1_000 });
  });

  it("of a node that was never readable are one finding that reports it, until it is", async () => {
    await unasked(1_000);
    expect(await all()).toEqual([expect.objectContaining({ check: "not-asked", verdict: "unknown" })]);
    const first = await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    expect(first.changes).toEqual([]);
    expect((await all()).map(({ check }) => check)).toEqual(["verbosity"]);
  });

  it("are not removed by a probe that is inconclusive this time", async () => {
    await put(row("listens:all", { verdict: "fail", severity: "warning" }));
    const silent = await put(row("listens", { verdict: "unknown", severity: "info", atMs: 2_000 }));
    expect(silent.changes).toEqual([]);
    expect(Object.fromEntries((await all()).map(({ check, severity }) => [check, severity]))).toEqual({
      "listens:all": "warning",
      listens: "info",
    });
    await put(row("drift", { verdict: "unknown", severity: "info", atMs: 3_000 }), row("verbosity"));
    expect(await counts()).toEqual({ info: 1, ok: 1 });
  });

  it("do not improve by becoming unknown", async () => {
    await put(row("drift", { verdict: "fail", severity: "warning" }), row("verbosity"));
    await put(row("drift", { verdict: "unknown", severity: "info" }), row("verbosity"));
    expect(await counts()).toEqual({ warning: 1, ok: 1 });
  });

  it("count a patched check as ok, across further diagnoses, for the version that was marked", async () => {
    const floor = (version: string) =>
      row("version-floor", { verdict: "fail", severity: "warning", version });
    await put(floor("1.6.18"));
    const patched = { node: NODE, check: "version-floor", by: "alice", atMs: 9, note: "Debian" };
    await store.call("patched.put", { ...patched, version: "1.6.18" });
    await put(floor("1.6.18"));
    expect((await all())[0]).toMatchObject({
      verdict: "patched",
      severity: "ok",
      patched: { by: "alice", atMs: 9, note: "Debian" },
    });
    expect(await counts()).toEqual({ ok: 1 });
    await put(floor("1.6.9"));
    expect((await all())[0]).toMatchObject({ verdict: "fail", severity: "warning", patched: null });
    await put(floor("1.6.18"));
    await store.call("patched.delete", { node: NODE, check: "version-floor" });
    expect((await all())[0]).toMatchObject({ verdict: "fail", severity: "warning", patched: null });
  });

  it("are deleted with a node that is no longer configured, not before", async () => {
    await put(row("verbosity", { atMs: 5_000 }));
    await store.call("finding.sweep", { nodes: [NODE], beforeMs: 9_000 });
    await store.call("finding.sweep", { nodes: [], beforeMs: 5_000 });
    expect(await all()).toHaveLength(1);
    await store.call("finding.sweep", { nodes: [], beforeMs: 5_001 });
    expect(await all()).toEqual([]);
  });

  /** Every finding, seven at a time, as `probe check node`. */
  const read = async (more: Partial<FindingsFind>) => {
    const found: string[] = [];
    for (let after: FindingPosition | null = null; ; ) {
      const rows: BriefRow[] = await page({ ...EVERYTHING, ...more, after, limit: 7 });
      found.push(...rows.map(({ node, probe, check }) => `${probe} ${check} ${node}`));
      after = rows.at(-1) ?? null;
      if (rows.length < 7) return found;
    }
  };
  const page = (request: FindingsFind) => store.call("finding.find", request);

  it("are in pages without omission or repetition, worst first", async () => {
    const nodes = ["10.0.0.1:11211", "10.0.0.2:11211", "10.0.0.3:11211"];
    const expected: [number, string][] = [];
    for (const [n, node] of nodes.entries()) {
      for (const [p, probe] of ["settings", "health"].entries()) {
        const rows = Array.from({ length: 9 }, (_, c) => {
          const rank = (n + p + c) % SEVERITIES.length;
          expected.push([rank, `${probe} check-${c} ${node}`]);
          return row(`check-${c}`, { severity: SEVERITIES[rank] ?? "ok", verdict: "fail" });
        });
        await putOf(node, probe, ...rows);
      }
    }
    const sortKey = (text: string) => `${text.startsWith("settings") ? 0 : 1} ${text}`;
    const sorted = expected.sort(
      ([a, one], [b, other]) =>
        b - a || (sortKey(one) < sortKey(other) ? -1 : Number(sortKey(one) > sortKey(other))),
    );
    const texts = sorted.map(([, text]) => text);
    expect(texts).toHaveLength(54);
    expect(await read({})).toEqual(texts);
    const warnings = sorted.filter(([rank]) => rank === 2).map(([, text]) => text);
    expect(await read({ severities: ["warning"] })).toEqual(warnings);
    for (const some of [nodes.slice(1), nodes.slice(2)]) {
      const theirs = texts.filter((text) => some.some((node) => text.endsWith(node)));
      expect(await read({ nodes: some })).toEqual(theirs);
    }
    expect(await read({ probes: ["health"] })).toEqual(texts.filter((text) => text.startsWith("health")));
    expect(await read({ check: "check-4" })).toEqual(texts.filter((text) => text.includes("check-4 ")));
    expect(await read({ q: "CHECK-8 IS" })).toEqual(texts.filter((text) => text.includes("check-8 ")));
    expect(await read({ q: "0.0.3:1" })).toEqual(texts.filter((text) => text.endsWith("3:11211")));
    expect(await read({ q: "%" })).toEqual([]);
  });

  it("are found where they count, also after a mark", async () => {
    await put(row("version-floor", { verdict: "fail", severity: "warning" }), row("drift"));
    const counted = async (severity: string) =>
      (await page({ ...EVERYTHING, severities: [severity] })).map(({ check }) => check);
    expect(await counted("warning")).toEqual(["version-floor"]);
    const word = { node: NODE, check: "version-floor", by: "alice", atMs: 9, note: "" };
    expect(await store.call("patched.put", { ...word, version: "1.6.18" })).toEqual([
      { node: NODE, probe: PROBE, severity: "ok", count: 2, unknown: 0 },
    ]);
    expect(await counted("warning")).toEqual([]);
    expect(await counted("ok")).toEqual(["drift", "version-floor"]);
    await store.call("patched.delete", { node: NODE, check: "version-floor" });
    expect(await counted("warning")).toEqual(["version-floor"]);
  });

  it("store remedies and evidence unchanged, compactly where nodes have nearly the same", async () => {
    const lines = Array.from(
      { length: 300 },
      (_, n) => `rule ${n} of ${Math.sqrt(n).toString(36)} \u0000é世🦎`,
    );
    const remedyOf = (node: string) =>
      JSON.stringify([{ for: "verify", title: node, text: lines.join("\n") + node }]);
    const nodes = Array.from({ length: 20 }, (_, n) => `10.0.1.${n}:11211`);
    for (const node of nodes) {
      const evidence = JSON.stringify({ transcript: `${node}\r\n` });
      await putOf(node, PROBE, row("verbosity", { remedy: remedyOf(node), evidence }), row("drift"));
    }
    for (const node of nodes) {
      const [drift, verbosity] = await store.call("finding.findDetailed", { ...EVERYTHING, nodes: [node] });
      expect(verbosity).toMatchObject({ check: "verbosity", remedy: remedyOf(node) });
      expect(verbosity?.evidence).toBe(JSON.stringify({ transcript: `${node}\r\n` }));
      expect(drift).toMatchObject({ check: "drift", remedy: "[]", evidence: '{"value":0}' });
    }
    await store.call("finding.sweep", { nodes, beforeMs: 5_000 });
    await store.close();
    const opened = openMemfleet();
    const sizes = opened.prepare("SELECT node, length(detail) FROM finding_detail").raw().all() as unknown[];
    closeDatabase(opened);
    store = await openRecords(directory);
    expect(remedyOf(nodes[0] ?? "").length).toBeGreaterThan(8_000);
    for (const [node, bytes] of sizes as [string, number][]) expect(bytes, node).toBeLessThan(500);
    expect(sizes).toHaveLength(20);
  });

  it("of an earlier version are read, with their marks, and are compared in the next diagnosis", async () => {
    await store.close();
    rmSync(join(directory, "memfleet.db"));
    const before = openMemfleet(3);
    const insert = before.prepare("INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const previous = {
      verdict: "pass",
      severity: "ok",
      title: 'was "quiet"',
      evidence: '{"verbosity":0}',
      atMs: 1,
    };
    const remedy = JSON.stringify([{ for: "verify", title: "a", text: "b\nc" }]);
    const columns = ["is loud", "{}", '{"verbosity":2}', remedy, 2, "here", "1.6.18"];
    insert.run(NODE, PROBE, "verbosity", "fail", "warning", ...columns, JSON.stringify(previous));
    insert.run(NODE, PROBE, "drift", "pass", "ok", ...columns, null);
    insert.run(NODE, "advisories", "version-floor", "fail", "warning", ...columns, null);
    before
      .prepare("INSERT INTO patched VALUES (?, ?, ?, ?, ?, ?)")
      .run(NODE, "version-floor", "1.6.18", "a", 3, "");
    closeDatabase(before);
    store = await openRecords(directory);
    const found = await all();
    expect(found.map(({ check, severity }) => `${check} ${severity}`)).toEqual([
      ...["verbosity warning", "version-floor ok", "drift ok"],
    ]);
    expect(found[0]).toMatchObject({ evidence: '{"verbosity":2}', remedy, previous });
    expect(found[1]).toMatchObject({ verdict: "patched", patched: { by: "a" }, previous: null });
    await put(row("verbosity", { atMs: 5 }));
    const [again] = await store.call("finding.findDetailed", { ...EVERYTHING, probes: [PROBE] });
    expect(again).toMatchObject({
      check: "verbosity",
      severity: "ok",
      remedy: "[]",
      previous: { severity: "warning", title: "is loud", evidence: '{"verbosity":2}', atMs: 2 },
    });
  });

  it("of several probes are stored together, or none of them", async () => {
    const good = { kind: "checked" as const, node: NODE, probe: PROBE, rows: [row("verbosity")] };
    const bad = { ...good, probe: "health", rows: [row("slow", { title: null as unknown as string })] };
    await expect(store.call("finding.put", { puts: [good, bad] })).rejects.toMatchObject({
      name: "UnavailableError",
    });
    expect(await all()).toEqual([]);
    const replies = await store.call("finding.put", { puts: [good, { ...good, probe: "health" }] });
    expect(replies.map(({ counts: tallies }) => tallies.length)).toEqual([1, 2]);
    expect(await all()).toHaveLength(2);
  });

  it("take any name as data", async () => {
    await put(row("__proto__"), row("constructor"), row("'; DROP TABLE finding; --"));
    expect((await all()).map(({ check }) => check).sort()).toEqual([
      "'; DROP TABLE finding; --",
      "__proto__",
      "constructor",
    ]);
  });

  it("persist across a restart", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    await store.close();
    store = await openRecords(directory);
    expect(await counts()).toEqual({ warning: 1 });
  });
});
