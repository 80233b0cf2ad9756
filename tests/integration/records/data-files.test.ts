/** What happens to `memfleet.db` and its files: deleted or replaced while open, damaged before a start. */
import {
  chmodSync as chmod,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import type { StoreState } from "@/lib/store/protocol";

let root: string;
let directory: string;
const stores: RecordsStore[] = [];
let state: StoreState;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "memfleet-files-"));
  directory = join(root, "data");
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  rmSync(root, { recursive: true, force: true });
});

const path = (name: string) => join(directory, name);
const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

async function open() {
  const store = await openRecords(directory, (next) => {
    state = next;
  });
  stores.push(store);
  const audit = new AuditRecords(store, Date.now);
  const record = (target: string) =>
    audit.record({ actor: null, kind: "sign_in", target, input: {} }, "done", "");
  const entries = async () => (await audit.find({ limit: 50 })).entries.toReversed();
  const targets = async () => (await entries()).map(({ target }) => target);
  return { store, record, entries, targets };
}

/** The files of a process that was killed: as they are while it runs. */
async function afterCrash(count = 3) {
  const { record, store } = await open();
  for (let n = 0; n < count; n++) await record(`entry ${n}`);
  const crashed = join(root, "crashed");
  mkdirSync(crashed);
  for (const name of readdirSync(directory)) copyFileSync(path(name), join(crashed, name));
  await store.close();
  rmSync(directory, { recursive: true });
  renameSync(crashed, directory);
}

async function afterStop(count = 300) {
  const { record, store } = await open();
  for (let n = 0; n < count; n++) await record(`entry ${n} ${"x".repeat(100)}`);
  await store.close();
}

const asideName = () =>
  readdirSync(directory).find((name) => /^memfleet\.db\.corrupt-.*Z$/.test(name)) ?? "none";

describe("files in dataDir that are deleted while running", () => {
  test.each([
    ["both files", () => readdirSync(directory).map((name) => rmSync(path(name)))],
    ["the database alone", () => rmSync(path("memfleet.db"))],
    ["the directory", () => rmSync(directory, { recursive: true })],
    ["the directory, moved", () => renameSync(directory, join(root, "moved"))],
  ])("are noticed before the next write, which is refused, and written again: %s", async (_, remove) => {
    const { record, targets, entries } = await open();
    await record("before");
    remove();
    await expect(record("refused")).rejects.toMatchObject({
      name: "UnavailableError",
      message: expect.stringMatching(/memfleet\.db was deleted or changed while Memfleet was running/),
    });
    await expect.poll(() => state.incidents).toMatchObject([{ kind: "deleted", file: "memfleet.db" }]);
    expect(state.problem).toBeNull();
    expect(existsSync(path("memfleet.db"))).toBe(true);
    await record("after");
    expect(await targets()).toEqual(["before", "memfleet.db", "after"]);
    expect((await entries())[1]).toMatchObject({
      actor: "memfleet",
      kind: "data_file",
      input: { cause: "deleted", setAside: null },
      detail: expect.stringContaining("written again with all its contents"),
    });
    await stores.pop()?.close();
    expect(await (await open()).targets()).toEqual(["before", "memfleet.db", "after"]);
    expect(state.incidents).toEqual([]);
    expect(modeOf(path("memfleet.db"))).toBe("600");
  });

  test("are noticed within seconds without a request", async () => {
    const { record } = await open();
    await record("before");
    rmSync(directory, { recursive: true });
    await expect.poll(() => state.problem, { timeout: 3_000 }).toContain("was deleted");
  });

  test("lose nothing when only the log was deleted", async () => {
    const { record, targets } = await open();
    await record("before");
    rmSync(path("memfleet.db-wal"));
    await record("after");
    expect(await targets()).toEqual(["before", "memfleet.db", "after"]);
    expect(state.incidents).toMatchObject([{ kind: "logLost", setAside: null }]);
    expect(existsSync(path("memfleet.db-wal"))).toBe(true);
  });

  test("give way to a backup that is put in their place, and are kept beside it", async () => {
    const first = await open();
    await first.record("of the backup");
    await first.store.close();
    copyFileSync(path("memfleet.db"), join(root, "backup.db"));
    const { record, targets } = await open();
    await record("after the backup");
    rmSync(path("memfleet.db"));
    copyFileSync(join(root, "backup.db"), path("memfleet.db"));
    await expect(record("refused")).rejects.toMatchObject({ name: "UnavailableError" });
    await expect.poll(() => state.incidents).toMatchObject([{ kind: "replaced" }]);
    expect(await targets()).toEqual(["of the backup", "memfleet.db"]);
    const aside = state.incidents[0]?.setAside ?? "";
    expect(modeOf(aside)).toBe("600");
    const kept = new Database(aside);
    expect(kept.prepare("SELECT target FROM audit").raw().all()).toEqual([
      ["of the backup"],
      ["after the backup"],
    ]);
    kept.close();
  });

  test("are set aside when they were cut in place", async () => {
    const first = await open();
    for (let n = 0; n < 100; n++) await first.record(`entry ${n} ${"x".repeat(500)}`);
    await first.store.close();
    const { record, entries } = await open();
    truncateSync(path("memfleet.db"), 8_192);
    await expect(record("refused")).rejects.toMatchObject({ name: "UnavailableError" });
    await expect.poll(() => state.incidents).toMatchObject([{ kind: "damaged" }]);
    expect((await entries())[0]).toMatchObject({ kind: "data_file", input: { setAside: path(asideName()) } });
  });
});

describe("a damaged memfleet.db", () => {
  const overwrite = (at: number, bytes: Buffer) => {
    const file = openSync(path("memfleet.db"), "r+");
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  };
  const size = () => statSync(path("memfleet.db")).size;

  test.each([
    ["half", () => truncateSync(path("memfleet.db"), Math.floor(size() / 2))],
    [
      "flipped",
      () => {
        const bytes = readFileSync(path("memfleet.db"));
        for (let at = 4_096; at < bytes.length; at += 512) bytes[at] = 255 - (bytes[at] ?? 0);
        writeFileSync(path("memfleet.db"), bytes);
      },
    ],
    ["zeroed", () => overwrite(0, Buffer.alloc(size()))],
    ["zeroed in the middle", () => overwrite(8_192, Buffer.alloc(16_384))],
    ["empty", () => truncateSync(path("memfleet.db"), 0)],
  ])("is set aside, and the first audit entry says where: %s", async (_, damage) => {
    await afterStop();
    damage();
    const { entries, record } = await open();
    await record("new");
    const aside = path(asideName());
    expect(await entries()).toMatchObject([
      { id: "1", kind: "data_file", target: "memfleet.db", input: { cause: "damaged", setAside: aside } },
      { target: "new" },
    ]);
    expect(state.incidents).toMatchObject([{ kind: "damaged", setAside: aside }]);
    expect((await entries())[0]?.detail).toContain(aside);
    expect(modeOf(aside)).toBe("600");
  });

  test("is set aside when only an index disagrees with its table", async () => {
    const first = await open();
    const session = { actor: "a", subject: null, role: "viewer", via: "oidc", credential: "" };
    await first.store.call("session.put", { hash: "h", ...session, createdMs: 1, seenMs: 2 });
    await first.store.close();
    // The index now claims to hold another column than it does.
    const text = readFileSync(path("memfleet.db"), "latin1");
    const other = text.replace("ON session (created)", "ON session (seen   )");
    expect(other).not.toBe(text);
    writeFileSync(path("memfleet.db"), other, "latin1");
    const { entries } = await open();
    expect(await entries()).toMatchObject([{ kind: "data_file", detail: expect.stringContaining("index") }]);
  });

  test("whose log was lost is used, and the next entry says that the newest ones may be missing", async () => {
    await afterCrash();
    rmSync(path("memfleet.db-wal"));
    const { entries } = await open();
    expect((await entries()).at(-1)).toMatchObject({
      kind: "data_file",
      input: { cause: "logLost", setAside: null },
      detail: expect.stringMatching(/write-ahead log is missing: its newest entries may be missing/),
    });
    expect(state.incidents).toMatchObject([{ kind: "logLost" }]);
  });

  test("whose log was zeroed is used, and the log is set aside", async () => {
    await afterCrash();
    const log = path("memfleet.db-wal");
    writeFileSync(log, Buffer.alloc(statSync(log).size));
    await open();
    expect(state.incidents).toMatchObject([
      { kind: "logLost", setAside: expect.stringMatching(/memfleet\.db\.corrupt-.*-wal$/) },
    ]);
    expect(modeOf(state.incidents[0]?.setAside ?? "")).toBe("600");
  });

  test("that is missing beside its log is reported, and the log is set aside", async () => {
    await afterCrash();
    rmSync(path("memfleet.db"));
    const { entries } = await open();
    expect(await entries()).toMatchObject([{ kind: "data_file", input: { cause: "damaged" } }]);
  });

  test("is none after kill -9: every entry is there, and nothing is reported", async () => {
    await afterCrash();
    expect(await (await open()).targets()).toEqual(["entry 0", "entry 1", "entry 2"]);
    expect(state.incidents).toEqual([]);
  });
});

describe("dataDir is 0700 and its files are 0600", () => {
  test("when they are created", async () => {
    const { record } = await open();
    await record("one");
    expect(modeOf(directory)).toBe("700");
    expect(readdirSync(directory).map((name) => [name, modeOf(path(name))])).toEqual([
      ["memfleet.db", "600"],
      ["memfleet.db-wal", "600"],
    ]);
  });

  test("after an upgrade or a crash, also what was set aside before", async () => {
    await afterCrash();
    writeFileSync(path("memfleet.db.corrupt-2026-01-01T00-00-00-000Z"), "", { mode: 0o644 });
    for (const name of readdirSync(directory)) chmod(path(name), 0o644);
    chmod(directory, 0o755);
    await open();
    expect(modeOf(directory)).toBe("700");
    expect(new Set(readdirSync(directory).map((name) => modeOf(path(name))))).toEqual(new Set(["600"]));
  });

  test("but a directory that holds other things keeps its mode", async () => {
    mkdirSync(directory, { mode: 0o755 });
    chmod(directory, 0o755);
    writeFileSync(path("notes.txt"), "", { mode: 0o644 });
    await open();
    expect(modeOf(directory)).toBe("755");
    expect(modeOf(path("notes.txt"))).toBe("644");
    expect(modeOf(path("memfleet.db"))).toBe("600");
  });
});
