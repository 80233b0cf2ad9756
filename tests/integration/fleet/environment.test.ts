/** Servers of the environment beside a configuration file, with real nodes. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Runtime } from "@/lib/server/runtime";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";

let folder: string;
let server: MemcachedServer;
let runtime: Runtime | null = null;
const defects: unknown[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-environment-"));
  server = await startMemcached({ mode: "sasl" });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await runtime?.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

async function start(settings: object, servers: string): Promise<Runtime> {
  const file = join(folder, "memfleet.yaml");
  const poll = { interval: "1s", timeout: "900ms" };
  writeFileSync(file, JSON.stringify({ dataDir: join(folder, "data"), poll, ...settings }));
  vi.stubEnv("MEMFLEET_CONFIG", file);
  vi.stubEnv("MEMCACHED_SERVERS", servers);
  runtime = await Runtime.start((error) => defects.push(error));
  return runtime;
}

it("a list with credentials in it, beside a file without pools, is polled", async () => {
  const { id, credentials } = server.endpoint;
  const { username = "", password = "" } = credentials ?? {};
  const signIn = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
  const running = await start({ readOnly: true }, `["memcached://${signIn}@${id}:2"]`);
  await vi.waitFor(() => expect(running.node(id)).toMatchObject({ status: "up", pool: "default" }), 15_000);
  expect(running.notices()).toEqual([]);
  expect(running.configuration.readOnly).toBe(true);
  expect(running.configuration.nodes).toMatchObject([{ weight: 2 }]);
}, 60_000);

it("a list beside a file with pools is not used, and a notice says so", async () => {
  const running = await start({ pools: [{ name: "main", servers: ["127.0.0.1:1"] }] }, server.endpoint.id);
  expect(running.nodes().map(({ id }) => id)).toEqual(["127.0.0.1:1"]);
  expect(running.notices()).toMatchObject([
    {
      code: "serversIgnored",
      detail: expect.stringMatching(/^MEMCACHED_SERVERS lists nodes; .*memfleet\.yaml/),
    },
  ]);
  const { notices } = await running.ownMetrics();
  expect(notices.get("serversIgnored")).toBe(true);
}, 60_000);
