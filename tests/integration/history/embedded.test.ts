import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyValues, requiredSlot } from "@/lib/catalogue/stats";
import type { SampleBatch } from "@/lib/history/contract";
import { createEmbeddedHistory, type EmbeddedHistory } from "@/lib/history/embedded/history";
import { DAY_MS } from "@/lib/model/time";

const PRELOAD = new URL("../../typescript.mjs", import.meta.url).href;
const WRITER = fileURLToPath(new URL("./writer-process.ts", import.meta.url));
const START = Date.UTC(2026, 0, 5, 10);

function sweep(index: number, nodes = 30): SampleBatch {
  const entries = Array.from({ length: nodes }, (_, node) => {
    const values = emptyValues();
    // Numbers without a pattern take room on the disk.
    for (const stat of ["get_hits", "cmd_set", "bytes_read", "bytes"]) {
      values[requiredSlot(stat)] =
        (Math.imul(index * 31 + node + stat.length, 2_654_435_761) >>> 0) % 1_000_000;
    }
    return { node: `n${node}:1`, values, elapsedSeconds: 10 };
  });
  return { atMs: START + index * 10_000, entries };
}

async function countKept(history: EmbeddedHistory, fromMs: number, toMs: number): Promise<number> {
  const query = {
    nodes: ["n3:1"],
    stats: ["get_hits"],
    fromMs,
    toMs,
    stepMs: 10_000,
    combine: "each",
  } as const;
  const found = await history.query(query);
  return Array.from(found.rows[0]?.[0] ?? []).filter((value) => !Number.isNaN(value)).length;
}

/** Another process reads the file, because a database opened here would stay locked for a while. */
/** Of a copy: opening the file itself would remove its log. */
function integrity(directory: string): string {
  const copy = `${directory}-copy`;
  cpSync(directory, copy, { recursive: true });
  const script = `
    const database = new (require("libsql"))(process.argv[1]);
    process.stdout.write(database.prepare("PRAGMA integrity_check").raw().all().join());`;
  const file = join(copy, "history.db");
  const verdict = spawnSync(process.execPath, ["-e", script, file], { encoding: "utf8" }).stdout;
  rmSync(copy, { recursive: true });
  return verdict;
}

describe("the embedded history under faults", () => {
  let directory = "";
  const opened: EmbeddedHistory[] = [];
  const open = async (dataDir = directory, maxBytes?: number) => {
    const options = {
      dataDir,
      rawMs: DAY_MS,
      rollupMs: 90 * DAY_MS,
      intervalMs: 10_000,
      now: () => START + DAY_MS / 2,
      maxBytes,
    };
    const history = await createEmbeddedHistory(options);
    opened.push(history);
    return history;
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "memfleet-history-"));
  });
  afterEach(async () => {
    for (const history of opened.splice(0)) await history.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Runs the writer from `first` on and kills it after about `lines` sweeps. Returns the last one it reported. */
  async function writeAndKill(first: number, lines: number): Promise<number> {
    const child = spawn(process.execPath, ["--import", PRELOAD, WRITER, directory, String(first)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let last = Number.NaN;
    let count = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      last = Number(line);
      if (++count === lines) child.kill("SIGKILL");
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    expect(child.signalCode).toBe("SIGKILL");
    return last;
  }

  it("loses nothing it has acknowledged when the process is killed at any time", async () => {
    let first = START;
    // Past the hour (360 sweeps) the killing strikes while the hour is being compacted.
    for (const lines of [5, 371, 40]) {
      const last = await writeAndKill(first, lines);
      expect(integrity(directory)).toBe("ok");
      const history = await open();
      const query = {
        nodes: ["10.0.0.9:11211"],
        stats: ["get_hits"],
        fromMs: START,
        toMs: last + 10_000,
      } as const;
      const found = await history.query({ ...query, stepMs: 10_000, combine: "each" });
      const values = Array.from(found.rows[0]?.[0] ?? []);
      expect(values).toEqual(found.atMs.map((at) => (at / 10_000) % 1_000));
      expect(history.health()).toEqual({ writable: true, problem: null, sinceMs: null });
      await history.close();
      first = last + 10_000;
    }
  }, 120_000);

  it("buffers sweeps and markers while the disk is full, reports it, and writes them once there is space", async () => {
    const history = await open(directory, 200_000);
    const marker = { atMs: START + 1, node: "n3:1", kind: "restart", text: "pid 1 became 2" } as const;
    let index = 0;
    while (history.health().writable && index < 500) await history.append(sweep(index++));
    const full = index;
    for (; index < full + 20; index++) await history.append(sweep(index));
    await history.mark([marker]);
    const everything = { nodes: null, fromMs: START, toMs: START + DAY_MS, limit: 10 };
    expect(history.health().writable).toBe(false);
    expect(history.health().problem).toContain("the disk is full");
    expect(history.health().sinceMs).toBe(START + DAY_MS / 2);
    expect(await countKept(history, START, START + index * 10_000)).toBe(index);
    expect(await history.markers(everything)).toEqual([marker]);

    await history.limit(null);
    await history.append(sweep(index++));
    expect(history.health()).toEqual({ writable: true, problem: null, sinceMs: null });
    await history.close();
    const again = await open();
    expect(await countKept(again, START, START + index * 10_000)).toBe(index);
    expect(await again.markers(everything)).toEqual([marker]);
  });

  it("starts without its directory, reports it, and recovers once the directory can be created", async () => {
    const blocked = join(directory, "blocked");
    writeFileSync(blocked, "a file where a directory should be");
    const history = await open(join(blocked, "data"));
    expect(history.health().writable).toBe(false);
    expect(history.health().problem).toContain(join(blocked, "data", "history.db"));
    for (let index = 0; index < 3; index++) await history.append(sweep(index));
    expect(await countKept(history, START, START + 60_000)).toBe(3);

    rmSync(blocked);
    await history.append(sweep(3));
    expect(history.health()).toEqual({ writable: true, problem: null, sinceMs: null });
    await history.close();
    expect(await countKept(await open(join(blocked, "data")), START, START + 60_000)).toBe(4);
  });

  it("quarantines a corrupted file, reports where, and starts a new one", async () => {
    const first = await open();
    for (let index = 0; index < 200; index++) await first.append(sweep(index));
    await first.close();
    const file = join(directory, "history.db");
    const handle = openSync(file, "r+");
    const { size } = statSync(file);
    for (let at = 16_384; at + 64 < size; at += 8_192) writeSync(handle, Buffer.alloc(64, 0xa5), 0, 64, at);
    closeSync(handle);

    const history = await open();
    expect(history.health().writable).toBe(true);
    expect(history.health().problem).toMatch(/was damaged \(.*\)\. It was moved to .*history\.db\.corrupt-/);
    expect(readdirSync(directory).some((name) => name.startsWith("history.db.corrupt-"))).toBe(true);
    await history.append(sweep(201));
    expect(await countKept(history, START, START + DAY_MS)).toBe(1);
  });

  it("refuses a data directory that another process uses, and opens it after that process has ended", async () => {
    const first = await open();
    await first.append(sweep(0));
    const second = await open();
    expect(second.health()).toMatchObject({ writable: false });
    expect(second.health().problem).toContain("locked by another process");
    await second.append(sweep(1));
    await first.close();
    await second.append(sweep(2));
    expect(second.health().writable).toBe(true);
    expect(await countKept(second, START, START + 60_000)).toBe(3);
  });

  it("deletes raw values and rollups after their retention, and keeps the rollups in between", async () => {
    let now = START;
    const hour = 3_600_000;
    const options = {
      dataDir: directory,
      rawMs: 2 * hour,
      rollupMs: 6 * hour,
      intervalMs: 10_000,
      now: () => now,
    };
    const history = await createEmbeddedHistory(options);
    opened.push(history);
    for (let index = 0; index <= 10 * 6; index++) {
      const atMs = START + index * 600_000;
      now = atMs;
      await history.append({ ...sweep(index), atMs });
      await history.mark([{ atMs, node: "n1:1", kind: "down", text: String(index) }]);
    }
    await history.settled();
    const range = {
      nodes: ["n3:1"],
      stats: ["get_hits"],
      fromMs: START,
      toMs: now + 1,
      combine: "each",
    } as const;
    const old = await history.query({ ...range, stepMs: 10_000 });
    expect(old.stepMs).toBe(300_000);
    const hours = [
      ...new Set(old.atMs.filter((_, at) => !Number.isNaN(old.rows[0]?.[0]?.[at] ?? Number.NaN))),
    ];
    expect(Math.min(...hours)).toBe(START + 4 * hour);
    const fresh = await history.query({ ...range, fromMs: now - hour, stepMs: 10_000 });
    expect(fresh.stepMs).toBe(10_000);
    const markers = await history.markers({ nodes: null, fromMs: START, toMs: now, limit: 1_000 });
    expect(markers[0]?.atMs).toBe(START + 4 * hour);
  });
});
