/** The files in `dataDir` disappear while actions are requested and run: nothing is sent without its audit row on disk. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { POST as act } from "@/app/api/v1/actions/route";
import { GET as getFleet } from "@/app/api/v1/fleet/route";
import type { Fleet } from "@/lib/model/fleet.schema";
import { Runtime, setRuntime } from "@/lib/server/runtime";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

const HOST = "127.0.0.1:34991";

let directory: string;
let dataDir: string;
let runtime: Runtime;
let servers: MemcachedServer[];
const log: string[] = [];
const variable = process.env.MEMFLEET_CONFIG;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "memfleet-deleted-"));
  dataDir = join(directory, "data");
  servers = await Promise.all([startMemcached({ mode: "plain" }), startMemcached({ mode: "plain" })]);
  const pools = [{ name: "main", servers: servers.map(({ endpoint }) => endpoint.id) }];
  const settings = { listen: HOST, dataDir, poll: { interval: "1s", timeout: "900ms" }, pools };
  writeFileSync(join(directory, "memfleet.yaml"), JSON.stringify(settings));
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  log.length = 0;
  runtime = await Runtime.start((line) => log.push(String(line)));
  setRuntime(runtime);
  await vi.waitFor(() => expect(runtime.nodes().every(({ status }) => status === "up")).toBe(true), 20_000);
});
afterEach(async () => {
  await runtime.close();
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(directory, { recursive: true, force: true });
  if (variable === undefined) delete process.env.MEMFLEET_CONFIG;
  else process.env.MEMFLEET_CONFIG = variable;
});

const deleteFiles = () => {
  for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name));
};
const flush = (input: object = {}) => {
  const body = JSON.stringify({ kind: "flush_all", pool: "main", input, confirm: "main" });
  const headers = { host: HOST, "content-type": "application/json" };
  return act(new Request(`http://${HOST}/api/v1/actions`, { method: "POST", headers, body }), {
    params: Promise.resolve({}),
  });
};
const notices = async () => {
  const request = new Request(`http://${HOST}/api/v1/fleet`, { headers: { host: HOST } });
  const fleet = (await (await getFleet(request, { params: Promise.resolve({}) })).json()) as Fleet;
  return fleet.notices.map(({ code }) => code);
};
const flushes = async () => {
  const stats = await Promise.all(servers.map(({ endpoint }) => independentStats(endpoint, "text")));
  return stats.reduce((sum, values) => sum + Number(values.get("cmd_flush")), 0);
};
/** Kinds in the audit of the file that is at its path now, by another reader. */
const kindsOnDisk = () => {
  const copy = join(directory, "copy");
  cpSync(dataDir, copy, { recursive: true });
  const database = new Database(join(copy, "memfleet.db"));
  const rows = database.prepare("SELECT kind FROM audit ORDER BY id").raw().all() as [string][];
  database.close();
  rmSync(copy, { recursive: true });
  return rows.map(([kind]) => kind);
};

test("files in dataDir deleted while running: actions are refused with 503, a notice appears, and it recovers", async () => {
  deleteFiles();
  const refused = await flush();
  expect(refused.status).toBe(503);
  expect(((await refused.json()) as { detail: string }).detail).toContain("was deleted or changed");
  expect(await notices()).toEqual(expect.arrayContaining(["recordsUnavailable"]));
  expect(await flushes()).toBe(0);
  await expect.poll(notices).not.toContain("recordsUnavailable");
  expect(await notices()).toContain("dataFileReplaced");
  for (const file of ["memfleet.db", "history.db"]) {
    await expect
      .poll(() => log.filter((line) => line.includes(`${file} was deleted or moved`)))
      .toHaveLength(1);
  }
  expect((await flush()).status).toBe(202);
  await expect.poll(flushes).toBe(2);
  expect(kindsOnDisk()).toEqual(["data_file", "flush_all"]);
});

test("a staggered flush pauses before the next node when its record has disappeared", async () => {
  const begun = (await (await flush({ staggerSeconds: 3 })).json()) as { id: string };
  await vi.waitFor(
    async () => expect((await runtime.actions.get(begun.id)).targets[0]?.state).toBe("verified"),
    5_000,
  );
  deleteFiles();
  await vi.waitFor(async () => expect((await runtime.actions.get(begun.id)).state).toBe("paused"), 10_000);
  expect(await flushes()).toBe(1);
  expect((await runtime.actions.get(begun.id)).detail).toContain("progress can’t be saved");
  await expect.poll(notices).not.toContain("recordsUnavailable");
  const actor = { name: "local", role: "admin", via: "open" } as const;
  await runtime.actions.resume(actor, begun.id);
  await vi.waitFor(async () => expect((await runtime.actions.get(begun.id)).state).toBe("done"), 15_000);
  expect(await flushes()).toBe(2);
  expect(kindsOnDisk()).toEqual(["flush_all", "data_file", "action_resume"]);
});
