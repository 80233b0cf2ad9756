import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  closeDatabase,
  type DatabasePlan,
  describeFailure,
  isDamage,
  openDatabase,
  transaction,
} from "./database";
import { checkTables } from "./integrity";

const plan: DatabasePlan = {
  file: "test.db",
  pageSize: 8192,
  migrations: ["CREATE TABLE one (id INTEGER PRIMARY KEY); INSERT INTO one VALUES (7)"],
  maxBytes: null,
  synchronous: "NORMAL",
};

describe("the embedded database", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "memfleet-store-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const failureOf = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    throw new Error("nothing failed");
  };

  it("creates its directory and applies each migration exactly once", () => {
    const nested = join(directory, "a", "b");
    closeDatabase(openDatabase(nested, plan, 0).connection);
    const more = { ...plan, migrations: [...plan.migrations, "INSERT INTO one VALUES (8)"] };
    closeDatabase(openDatabase(nested, more, 0).connection);
    const { connection } = openDatabase(nested, more, 0);
    expect(connection.prepare("SELECT id FROM one").raw().all()).toEqual([[7], [8]]);
    closeDatabase(connection);
  });

  it("leaves nothing of a migration that fails", () => {
    const broken = { ...plan, migrations: ["CREATE TABLE two (id); INSERT INTO nowhere VALUES (1)"] };
    failureOf(() => openDatabase(directory, broken, 0));
    const { connection } = openDatabase(directory, plan, 0);
    expect(connection.prepare("SELECT name FROM sqlite_master").raw().all()).toEqual([["one"]]);
    closeDatabase(connection);
  });

  it("does not touch a file of a newer version, and reports it", () => {
    const newer = { ...plan, migrations: [...plan.migrations, "SELECT 1", "SELECT 1"] };
    closeDatabase(openDatabase(directory, newer, 0).connection);
    const failure = failureOf(() => openDatabase(directory, plan, 0));
    expect(describeFailure(failure, "history.db")).toMatch(/written by a newer version \(schema 3\)/);
  });

  it("quarantines a corrupted file under a name with the time, and starts a new one", () => {
    writeFileSync(join(directory, "test.db"), "this is no database ".repeat(2_000));
    const { connection, incident } = openDatabase(directory, plan, Date.UTC(2026, 10, 22, 6, 30));
    expect(incident?.setAside).toBe(join(directory, "test.db.corrupt-2026-11-22T06-30-00-000Z"));
    expect(existsSync(incident?.setAside as string)).toBe(true);
    expect(connection.prepare("SELECT id FROM one").raw().all()).toEqual([[7]]);
    closeDatabase(connection);
  });

  it("lets only one process use the file, and reports that reason", () => {
    const first = openDatabase(directory, plan, 0);
    const failure = failureOf(() => openDatabase(directory, plan, 0));
    expect(describeFailure(failure, "history.db")).toContain("locked by another process");
    expect(isDamage(failure)).toBe(false);
    closeDatabase(first.connection);
    expect(readdirSync(directory)).toEqual(["test.db"]);
  });

  it("rolls back a transaction on a full disk, and works afterwards", () => {
    const { connection } = openDatabase(directory, { ...plan, maxBytes: 40_000 }, 0);
    connection.exec("CREATE TABLE two (id INTEGER PRIMARY KEY, bytes BLOB)");
    const insert = connection.prepare("INSERT INTO two VALUES (?, ?)");
    const failure = failureOf(() =>
      transaction(connection, () => {
        for (let index = 0; index < 20; index++) insert.run(index, new Uint8Array(8_000));
      }),
    );
    expect(describeFailure(failure, "history.db")).toContain("the disk is full");
    expect(connection.inTransaction).toBe(false);
    transaction(connection, () => insert.run(1, new Uint8Array(8)));
    expect(connection.prepare("SELECT length(bytes) FROM two").raw().all()).toEqual([[8]]);
    closeDatabase(connection);
  });

  it("compares the indexes of a large file with their tables in steps, after it was opened", () => {
    const large = openDatabase(directory, plan, 0);
    expect(large.unchecked).toBe(false);
    large.connection.exec(
      "CREATE TABLE two (id INTEGER PRIMARY KEY, a, b, bytes BLOB); CREATE INDEX two_a ON two (a)",
    );
    const insert = large.connection.prepare("INSERT INTO two VALUES (?, 1, 2, zeroblob(1000000))");
    for (let index = 0; index < 34; index++) insert.run(index);
    closeDatabase(large.connection);
    const path = join(directory, "test.db");
    const intact = openDatabase(directory, plan, 0);
    expect(intact.unchecked).toBe(true);
    expect([...checkTables(intact.connection)]).toHaveLength(1);
    closeDatabase(intact.connection);
    writeFileSync(path, readFileSync(path, "latin1").replace("ON two (a)", "ON two (b)"), "latin1");
    const damaged = openDatabase(directory, plan, 0);
    expect(isDamage(failureOf(() => [...checkTables(damaged.connection)]))).toBe(true);
    closeDatabase(damaged.connection);
    const suspected = openDatabase(directory, { ...plan, suspect: true }, 0);
    expect(suspected.incident).toMatchObject({ kind: "damaged" });
    closeDatabase(suspected.connection);
  });
});
