import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NodeError, UnavailableError } from "@/lib/model/errors";
import type { DiagnoseRequest, Diagnostic } from "@/lib/model/findings/finding.schema";
import type { FindingsQuery } from "@/lib/model/http/queries";
import type { Role } from "@/lib/model/roles";
import type { Marker } from "@/lib/model/series.schema";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { allFindings } from "@/tests/diagnostics/all-findings";
import { plainNode } from "@/tests/doubles/plain-node";
import { fleetNode, scriptedNode } from "@/tests/doubles/scripted-node";
import type { Check, Probe } from "./contract";
import { FindingRepository } from "./finding-repository";
import { DiagnosticsService } from "./service";

const OPERATOR = { name: "olga", role: "operator" as Role };
const ADMIN = { name: "alice", role: "admin" as Role };
const ALL: DiagnoseRequest = { udpPayload: "version" };

const quiet: Check = { check: "verbosity", verdict: "pass", severity: "ok", title: "quiet", evidence: {} };
const loud: Check = { ...quiet, verdict: "fail", severity: "warning", title: "loud" };

/** A probe that waits until it is let go, and counts. */
function blockingProbe(name: Probe["name"], answer: (node: string) => Check[] = () => [quiet]) {
  const started: string[] = [];
  const waiting: (() => void)[] = [];
  let most = 0;
  let blocking = false;
  const probe: Probe = {
    name,
    deadlineMs: 60_000,
    async run({ node }) {
      started.push(node.id);
      if (blocking) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          most = Math.max(most, waiting.length);
        });
      }
      return answer(node.id);
    },
  };
  return {
    probe,
    started,
    waiting,
    most: () => most,
    hold: () => {
      blocking = true;
    },
    release: () => {
      blocking = false;
      for (const go of waiting.splice(0)) go();
    },
  };
}

describe("diagnosing", () => {
  let directory = "";
  let store: RecordsStore;
  let audit: AuditRecords;
  let nodes: { id: string; pool: string }[];
  let markers: Marker[];
  let defects: unknown[];
  let now: number;
  let udp: boolean;
  let readOnly: boolean;
  let version: string;
  let repository: FindingRepository;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "memfleet-diagnose-"));
    store = await openRecords(directory);
    now = 1_000_000;
    audit = new AuditRecords(store, () => now);
    nodes = [
      { id: "127.0.0.1:1", pool: "one" },
      { id: "127.0.0.1:2", pool: "one" },
      { id: "127.0.0.1:3", pool: "two" },
    ];
    [markers, defects, udp, readOnly, version] = [[], [], true, false, "1.6.18"];
    repository = new FindingRepository(
      store,
      () => now,
      () => {},
    );
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
    expect(defects).toEqual([]);
  });

  function diagnosticsOf(probes: readonly Probe[], log: Pick<AuditRecords, "intend" | "outcome"> = audit) {
    return new DiagnosticsService({
      audit: log as AuditRecords,
      repository,
      probes,
      remediesOf: async () => [],
      nodes: () => nodes,
      input: (id) =>
        nodes.some((node) => node.id === id)
          ? {
              node: fleetNode(id, nodes.find((node) => node.id === id)?.pool),
              view: plainNode({ id, version }),
              client: scriptedNode(id),
              peers: () => [],
              recent: () => Promise.reject(new Error("not used here")),
            }
          : null,
      udp: () => udp,
      readOnly: () => readOnly,
      onMarkers: (some) => markers.push(...some),
      nowMs: () => now,
      onDefect: (error) => defects.push(error),
    });
  }

  async function ended(diagnostics: DiagnosticsService, { id }: Diagnostic): Promise<Diagnostic> {
    await expect.poll(() => diagnostics.isLive(id), { timeout: 20_000 }).toBe(false);
    return diagnostics.get(id);
  }

  const entries = async () => (await audit.find({ limit: 100 })).entries;

  it("tests every node with every probe and stores the findings", async () => {
    const diagnostics = diagnosticsOf([
      blockingProbe("settings").probe,
      blockingProbe("health", () => [loud]).probe,
    ]);
    const started = await diagnostics.begin(OPERATOR, ALL);
    expect(started).toMatchObject({ total: 6, nodes: 3, actor: "olga", probes: ["settings", "health"] });
    const run = await ended(diagnostics, started);
    expect(run).toMatchObject({ state: "done", done: 6, endedMs: now });
    expect(run.findings.map(({ severity }) => severity)).toEqual([
      ...["warning", "warning", "warning"],
      ...["ok", "ok", "ok"],
    ]);
    const stored = await allFindings(diagnostics, {});
    expect(stored).toMatchObject({ undiagnosed: 0, totals: { critical: 0, warning: 3, info: 0, ok: 3 } });
    expect(stored.findings).toEqual(run.findings);
    expect(repository.countsOf("127.0.0.1:1")).toEqual({ critical: 0, warning: 1, info: 0 });
  });

  it("has the intention in the audit before the first probe runs, and the outcome when the run has ended", async () => {
    const blocking = blockingProbe("settings");
    blocking.hold();
    const diagnostics = diagnosticsOf([blocking.probe]);
    const started = await diagnostics.begin(OPERATOR, { ...ALL, pool: "one" });
    const [entry] = await entries();
    expect(entry).toMatchObject({ kind: "diagnose", actor: "olga", target: "one", outcome: "running" });
    expect(entry?.input).toMatchObject({ nodes: 2, probes: ["settings"] });
    blocking.release();
    await ended(diagnostics, started);
    expect(await entries()).toEqual([
      expect.objectContaining({ outcome: "done", detail: expect.stringContaining("2 of 2 probes") }),
    ]);
  });

  it("sends nothing when the intention cannot be recorded", async () => {
    const blocking = blockingProbe("settings");
    const broken = {
      intend: () => Promise.reject(new UnavailableError("disk full")),
      outcome: () => Promise.resolve(),
    };
    const diagnostics = diagnosticsOf([blocking.probe], broken);
    await expect(diagnostics.begin(OPERATOR, ALL)).rejects.toThrow("disk full");
    expect(blocking.started).toEqual([]);
  });

  it("refuses viewers, read-only mode, and what is not configured", async () => {
    const diagnostics = diagnosticsOf([blockingProbe("settings").probe]);
    const refused = async (request: Partial<DiagnoseRequest>, role: Role = "operator") =>
      diagnostics.begin({ name: "x", role }, { ...ALL, ...request }).then(
        () => "started",
        (error: Error) => error.name,
      );
    expect(await refused({}, "viewer")).toBe("ForbiddenError");
    expect(await refused({ nodes: ["10.9.9.9:11211"] })).toBe("NotFoundError");
    expect(await refused({ nodes: ["__proto__"] })).toBe("NotFoundError");
    expect(await refused({ pool: "three" })).toBe("NotFoundError");
    readOnly = true;
    expect(await refused({})).toBe("ForbiddenError");
    expect(await entries()).toEqual([]);
  });

  it("never has more than 32 nodes under test, and none twice, whatever waits", async () => {
    nodes = Array.from({ length: 100 }, (_, n) => ({ id: `127.0.0.1:${n + 1}`, pool: "one" }));
    const blocking = blockingProbe("settings");
    blocking.hold();
    const diagnostics = diagnosticsOf([blocking.probe]);
    const first = await diagnostics.begin(OPERATOR, ALL);
    const second = await diagnostics.begin(OPERATOR, ALL);
    await expect.poll(() => blocking.waiting.length).toBe(32);
    expect(new Set(blocking.started).size).toBe(32);
    blocking.release();
    await ended(diagnostics, first);
    await ended(diagnostics, second);
    expect(blocking.most()).toBe(32);
    expect(blocking.started).toHaveLength(200);
  });

  it("does not let a small run wait for a large one to end", async () => {
    nodes = Array.from({ length: 200 }, (_, n) => ({ id: `127.0.0.1:${n + 1}`, pool: "one" }));
    const blocking = blockingProbe("settings");
    blocking.hold();
    const diagnostics = diagnosticsOf([blocking.probe]);
    const large = await diagnostics.begin(OPERATOR, ALL);
    const small = await diagnostics.begin(OPERATOR, { ...ALL, nodes: ["127.0.0.1:200"] });
    await expect.poll(() => blocking.waiting.length).toBe(32);
    expect(small.state).toBe("queued");
    for (const go of blocking.waiting.splice(0, 1)) go();
    await expect.poll(() => blocking.started.at(-1)).toBe("127.0.0.1:200");
    expect(diagnostics.isLive(large.id)).toBe(true);
    blocking.release();
    await ended(diagnostics, large);
    expect((await ended(diagnostics, small)).state).toBe("done");
  });

  it("starts no further probe of a cancelled run; running ones finish, and count", async () => {
    const first = blockingProbe("settings");
    const second = blockingProbe("health");
    first.hold();
    const diagnostics = diagnosticsOf([first.probe, second.probe]);
    const started = await diagnostics.begin(OPERATOR, ALL);
    await expect.poll(() => first.waiting.length).toBe(3);
    expect(diagnostics.cancel(OPERATOR, started.id).state).toBe("cancelled");
    expect(diagnostics.isLive(started.id)).toBe(true);
    first.release();
    const run = await ended(diagnostics, started);
    expect(run).toMatchObject({ state: "cancelled", done: 3, total: 6 });
    expect(second.started).toEqual([]);
    expect(run.findings).toHaveLength(3);
    expect(diagnostics.cancel(OPERATOR, started.id)).toEqual(run);
    expect((await entries())[0]?.detail).toContain("cancelled by olga after 3 of 6 probes");
  });

  it("keeps the findings of a node that can no longer be read, as unknown", async () => {
    let down = false;
    const probe: Probe = {
      name: "settings",
      deadlineMs: 60_000,
      run: async ({ node }) => {
        if (down) throw new NodeError(node.id, "connectionRefused");
        return [loud];
      },
    };
    const diagnostics = diagnosticsOf([probe]);
    await ended(diagnostics, await diagnostics.begin(OPERATOR, { ...ALL, nodes: ["127.0.0.1:1"] }));
    down = true;
    now += 60_000;
    const { findings } = await ended(
      diagnostics,
      await diagnostics.begin(OPERATOR, { ...ALL, nodes: ["127.0.0.1:1"] }),
    );
    expect(findings).toEqual([
      expect.objectContaining({
        check: "verbosity",
        verdict: "unknown",
        severity: "warning",
        atMs: now,
        title: expect.stringContaining("127.0.0.1:1: "),
        previous: expect.objectContaining({ verdict: "fail", title: "loud", atMs: now - 60_000 }),
      }),
    ]);
    expect(repository.countsOf("127.0.0.1:1")).toEqual({ critical: 0, warning: 1, info: 0 });
    expect(markers).toEqual([]);
  });

  it("marks in the history what became worse or better, once per node and run", async () => {
    let bad = false;
    const checks = () => (bad ? [loud, { ...loud, check: "drift" }] : [quiet, { ...quiet, check: "drift" }]);
    const diagnostics = diagnosticsOf([blockingProbe("settings", checks).probe]);
    const request = { ...ALL, nodes: ["127.0.0.1:1"] };
    await ended(diagnostics, await diagnostics.begin(OPERATOR, request));
    expect(markers).toEqual([]);
    bad = true;
    await ended(diagnostics, await diagnostics.begin(OPERATOR, request));
    bad = false;
    await ended(diagnostics, await diagnostics.begin(OPERATOR, request));
    expect(markers.map(({ kind, node, text }) => `${kind} ${node} ${text}`)).toEqual([
      "finding 127.0.0.1:1 verbosity: ok → warning, drift: ok → warning",
      "finding 127.0.0.1:1 verbosity: warning → ok, drift: warning → ok",
    ]);
  });

  it("shows the worst thousand findings of a large run, and counts all", async () => {
    nodes = Array.from({ length: 12 }, (_, n) => ({ id: `127.0.0.1:${n + 1}`, pool: "one" }));
    const many = (node: string) =>
      Array.from({ length: 100 }, (_, n) => ({
        ...(node.endsWith(":7") ? loud : quiet),
        check: `check-${n}`,
      }));
    const diagnostics = diagnosticsOf([blockingProbe("settings", many).probe]);
    const run = await ended(diagnostics, await diagnostics.begin(OPERATOR, ALL));
    expect(run.findings).toHaveLength(1_000);
    expect(run.findings.slice(0, 100).every(({ node }) => node === "127.0.0.1:7")).toBe(true);
    expect((await entries())[0]?.detail).toContain("100 warning, 0 info, 1100 ok");
    expect((await allFindings(diagnostics, {})).findings).toHaveLength(1_200);
  });

  it("continues without a node that was removed during the run", async () => {
    const blocking = blockingProbe("settings");
    nodes = Array.from({ length: 40 }, (_, n) => ({ id: `127.0.0.1:${n + 1}`, pool: "one" }));
    blocking.hold();
    const diagnostics = diagnosticsOf([blocking.probe]);
    const started = await diagnostics.begin(OPERATOR, ALL);
    await expect.poll(() => blocking.waiting.length).toBe(32);
    nodes = nodes.slice(0, 32);
    blocking.release();
    expect(await ended(diagnostics, started)).toMatchObject({ state: "done", done: 40, total: 40 });
    expect(blocking.started).toHaveLength(32);
  });

  it("records each round trip in the audit before it runs, and runs none that it cannot record", async () => {
    const audited: string[] = [];
    const probe: Probe = {
      name: "round-trip",
      deadlineMs: 60_000,
      run: async () => {
        audited.push(...(await entries()).map(({ kind, outcome }) => `${kind} ${outcome}`));
        return [{ ...quiet, check: "round-trip" }];
      },
    };
    const request = { ...ALL, nodes: ["127.0.0.1:1"], probes: ["round-trip" as const] };
    const diagnostics = diagnosticsOf([probe]);
    await ended(diagnostics, await diagnostics.begin(OPERATOR, request));
    expect(audited).toEqual(["round_trip running", "diagnose running"]);
    expect((await entries())[0]).toMatchObject({
      kind: "round_trip",
      outcome: "done",
      target: "127.0.0.1:1",
    });
    let wanted = 0;
    const failing = diagnosticsOf([probe], {
      intend: (note) =>
        wanted++ === 0 ? audit.intend(note) : Promise.reject(new UnavailableError("disk full")),
      outcome: (id, outcome, detail) => audit.outcome(id, outcome, detail),
    });
    audited.length = 0;
    const run = await ended(failing, await failing.begin(OPERATOR, request));
    expect(audited).toEqual([]);
    expect(run.findings[0]).toMatchObject({ verdict: "unknown" });
  });

  it("skips the round trip unless it is requested, and UDP when it is disabled", async () => {
    const probes = (["udp-exposure", "settings", "round-trip"] as const).map(
      (name) => blockingProbe(name).probe,
    );
    const diagnostics = diagnosticsOf(probes);
    expect((await diagnostics.begin(OPERATOR, ALL)).probes).toEqual(["udp-exposure", "settings"]);
    udp = false;
    expect((await diagnostics.begin(OPERATOR, ALL)).probes).toEqual(["settings"]);
    expect((await diagnostics.beginScheduled()).probes).toEqual(["settings"]);
    await expect(diagnostics.begin(OPERATOR, { ...ALL, probes: ["udp-exposure"] })).rejects.toMatchObject({
      name: "CapabilityError",
    });
    await diagnostics.settled();
  });

  it("shows findings that cannot be stored, and reports how many", async () => {
    const diagnostics = diagnosticsOf([blockingProbe("settings", () => [loud]).probe]);
    const started = diagnostics.begin(OPERATOR, { ...ALL, nodes: ["127.0.0.1:1"] });
    repository.put = () => Promise.reject(new UnavailableError("disk full"));
    const run = await ended(diagnostics, await started);
    expect(run.findings).toEqual([expect.objectContaining({ title: "loud", previous: null })]);
    expect((await entries())[0]?.detail).toContain("1 finding could not be saved");
  });

  it("lets an admin mark a fix, for advisories only, and records who did", async () => {
    const floor: Check = { ...loud, check: "version-floor" };
    const diagnostics = diagnosticsOf([blockingProbe("advisories", () => [floor]).probe]);
    const node = "127.0.0.1:1";
    const word = { node, check: "version-floor", patched: true, note: "Debian backport" };
    const checkAgain = async () => {
      await ended(diagnostics, await diagnostics.begin(OPERATOR, { ...ALL, nodes: [node] }));
      const [found] = (await allFindings(diagnostics, { node: [node] })).findings;
      return { verdict: found?.verdict, severity: found?.severity, by: found?.patched?.by };
    };
    await expect(diagnostics.markPatched(OPERATOR, word)).rejects.toMatchObject({ name: "ForbiddenError" });
    await expect(diagnostics.markPatched(ADMIN, { ...word, check: "udp-answers" })).rejects.toMatchObject({
      name: "InputError",
    });
    await expect(diagnostics.markPatched(ADMIN, { ...word, node: "elsewhere:1" })).rejects.toMatchObject({
      name: "NotFoundError",
    });
    await diagnostics.markPatched(ADMIN, word);
    expect(await checkAgain()).toEqual({ verdict: "patched", severity: "ok", by: "alice" });
    expect(repository.countsOf(node)).toEqual({ critical: 0, warning: 0, info: 0 });
    version = "1.6.9";
    expect(await checkAgain()).toEqual({ verdict: "fail", severity: "warning", by: undefined });
    version = "1.6.18";
    await diagnostics.markPatched(ADMIN, { ...word, patched: false });
    expect(await checkAgain()).toEqual({ verdict: "fail", severity: "warning", by: undefined });
    const marks = (await entries()).filter(({ kind }) => kind === "mark_patched");
    expect(marks.map(({ actor, target, outcome }) => `${actor} ${target} ${outcome}`)).toEqual([
      "alice 127.0.0.1:1 done",
      "alice 127.0.0.1:1 done",
    ]);
  });

  it("filters by node, pool, probe and severity, and counts who was never diagnosed", async () => {
    const diagnostics = diagnosticsOf([
      blockingProbe("settings", (id) => (id.endsWith(":1") ? [loud] : [quiet])).probe,
      blockingProbe("health", () => [{ ...quiet, check: "slow" }]).probe,
    ]);
    await ended(diagnostics, await diagnostics.begin(OPERATOR, { ...ALL, pool: "one" }));
    const shown = async (query: FindingsQuery) =>
      (await allFindings(diagnostics, query)).findings.map(({ node, check }) => `${node.at(-1)} ${check}`);
    expect(await shown({})).toEqual(["1 verbosity", "2 verbosity", "1 slow", "2 slow"]);
    expect(await shown({ severity: "info" })).toEqual(["1 verbosity"]);
    expect(await shown({ probe: "health", node: ["127.0.0.1:2"] })).toEqual(["2 slow"]);
    expect(await shown({ pool: ["two"] })).toEqual([]);
    expect((await allFindings(diagnostics, {})).undiagnosed).toBe(1);
    expect((await allFindings(diagnostics, { pool: ["one"] })).undiagnosed).toBe(0);
    await expect(allFindings(diagnostics, { node: ["nowhere:1"] })).rejects.toMatchObject({
      name: "NotFoundError",
    });
  });

  it("has the earlier findings after a restart", async () => {
    const diagnostics = diagnosticsOf([blockingProbe("settings", () => [loud]).probe]);
    await ended(diagnostics, await diagnostics.begin(OPERATOR, ALL));
    await store.close();
    store = await openRecords(directory);
    const again = new FindingRepository(
      store,
      () => now,
      () => {},
    );
    await again.load();
    expect(again.countsOf("127.0.0.1:3")).toEqual({ critical: 0, warning: 1, info: 0 });
    expect((await again.page(nodes, {}, "brief", null, 100)).findings).toHaveLength(3);
  });

  it("ends with the process: nothing more is started, and interrupted tests produce no findings", async () => {
    let endless = false;
    let started = 0;
    const run = async () => {
      started++;
      return endless ? new Promise<Check[]>(() => {}) : [loud];
    };
    const diagnostics = diagnosticsOf([{ name: "settings", deadlineMs: 60_000, run }]);
    await ended(diagnostics, await diagnostics.begin(OPERATOR, ALL));
    endless = true;
    const active = await diagnostics.begin(OPERATOR, ALL);
    await expect.poll(() => started).toBe(6);
    diagnostics.close();
    await diagnostics.settled();
    expect(diagnostics.get(active.id)).toMatchObject({ state: "cancelled", endedMs: now });
    expect((await allFindings(diagnostics, {})).findings.map(({ verdict }) => verdict)).toEqual([
      "fail",
      "fail",
      "fail",
    ]);
  });
});
