import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MemfleetStore, openMemfleetStore } from "../memfleet-store";
import type { FindingRow, FindingsFind, NewFindingRow } from "./finding-rows";

const NODE = "10.0.0.1:11211";
const PROBE = "settings";
const EVERYTHING: FindingsFind = { node: null, probe: null, severities: null, after: null, limit: 1_000 };

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

describe("kept findings", () => {
  let directory = "";
  let store: MemfleetStore;
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "memfleet-findings-"));
    store = await openMemfleetStore(directory);
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const put = (...rows: NewFindingRow[]) => store.call("finding.put", { node: NODE, probe: PROBE, rows });
  const unasked = (atMs: number) =>
    store.call("finding.unasked", {
      node: NODE,
      probe: PROBE,
      row: row("not-asked", { verdict: "unknown", severity: "info", title: "not asked", atMs }),
    });
  const all = () => store.call("finding.find", EVERYTHING);
  const counts = async () =>
    Object.fromEntries(
      (await store.call("finding.counts", { node: null, probe: null })).map(({ severity, count }) => [
        severity,
        count,
      ]),
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

  it("tell what became worse or better, and nothing of the first look", async () => {
    const first = await put(row("verbosity"), row("drift", { severity: "info", verdict: "fail" }));
    expect(first.changes).toEqual([]);
    const second = await put(row("verbosity", { severity: "warning", verdict: "fail" }), row("new"));
    expect(second.changes).toEqual([
      { check: "verbosity", before: "ok", after: "warning" },
      { check: "drift", before: "info", after: null },
    ]);
    expect((await put(row("verbosity", { severity: "warning", verdict: "fail" }))).changes).toEqual([]);
  });

  it("stay as bad as they were while the node cannot be asked, and say what they were", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning", title: "verbosity is 2" }));
    expect((await unasked(2_000)).changes).toEqual([]);
    await unasked(3_000);
    expect(await all()).toEqual([
      expect.objectContaining({
        ...{ check: "verbosity", verdict: "unknown", severity: "warning", title: "not asked", atMs: 3_000 },
        previous: expect.objectContaining({ verdict: "fail", title: "verbosity is 2", atMs: 1_000 }),
      }),
    ]);
    expect(await counts()).toEqual({ warning: 1 });
  });

  it("compare with what was known last when the node answers again", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    await unasked(2_000);
    const again = await put(row("verbosity", { atMs: 3_000 }));
    expect(again.changes).toEqual([{ check: "verbosity", before: "warning", after: "ok" }]);
    expect(again.rows[0]?.previous).toMatchObject({ verdict: "fail", atMs: 1_000 });
  });

  it("of a node that never could be asked are one that says so, until it can", async () => {
    await unasked(1_000);
    expect(await all()).toEqual([expect.objectContaining({ check: "not-asked", verdict: "unknown" })]);
    const first = await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    expect(first.changes).toEqual([]);
    expect((await all()).map(({ check }) => check)).toEqual(["verbosity"]);
  });

  it("are not taken back by a probe that can tell nothing this time", async () => {
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

  it("do not become better by being unknown", async () => {
    await put(row("drift", { verdict: "fail", severity: "warning" }), row("verbosity"));
    await put(row("drift", { verdict: "unknown", severity: "info" }), row("verbosity"));
    expect(await counts()).toEqual({ warning: 1, ok: 1 });
  });

  it("count a patched check as ok, across further looks, for the version it was said of", async () => {
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

  it("go away with a node that is configured no more, not before", async () => {
    await put(row("verbosity", { atMs: 5_000 }));
    await store.call("finding.sweep", { nodes: [NODE], beforeMs: 9_000 });
    await store.call("finding.sweep", { nodes: [], beforeMs: 5_000 });
    expect(await all()).toHaveLength(1);
    await store.call("finding.sweep", { nodes: [], beforeMs: 5_001 });
    expect(await all()).toEqual([]);
  });

  it("come in pages that leave nothing out, narrowed to how bad they are", async () => {
    const names = Array.from({ length: 25 }, (_, n) => `check-${n}`);
    await put(
      ...names.map((name, n) => row(name, n % 5 === 0 ? { severity: "warning", verdict: "fail" } : {})),
    );
    await store.call("finding.put", {
      node: "10.0.0.2:11211",
      probe: "health",
      rows: names.map((name) => row(name)),
    });
    const read = async (more: Partial<FindingsFind>) => {
      const found: string[] = [];
      for (let after: FindingRow | null = null; ; ) {
        const rows: FindingRow[] = await page({
          ...EVERYTHING,
          ...more,
          after,
          limit: 7,
        });
        found.push(...rows.map(({ node, check }) => `${node} ${check}`));
        after = rows.at(-1) ?? null;
        if (rows.length < 7) return found;
      }
    };
    const page = (request: FindingsFind) => store.call("finding.find", request);
    const all = await read({});
    expect(all).toHaveLength(50);
    expect(new Set(all).size).toBe(50);
    expect((await read({ severities: ["warning", "critical"] })).sort()).toEqual(
      ["0", "10", "15", "20", "5"].map((n) => `${NODE} check-${n}`),
    );
  });

  it("take any name as data", async () => {
    await put(row("__proto__"), row("constructor"), row("'; DROP TABLE finding; --"));
    expect((await all()).map(({ check }) => check).sort()).toEqual([
      "'; DROP TABLE finding; --",
      "__proto__",
      "constructor",
    ]);
  });

  it("are there after a restart", async () => {
    await put(row("verbosity", { verdict: "fail", severity: "warning" }));
    await store.close();
    store = await openMemfleetStore(directory);
    expect(await counts()).toEqual({ warning: 1 });
  });
});
