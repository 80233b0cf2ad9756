/**
 * An applied remedy turns its finding green. Over a complete runtime: diagnosed, the node restarted with the
 * arguments of the finding's sysconfig file, diagnosed again; the earlier finding is shown beside the new one.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ProbeName } from "@/lib/model/findings/finding";
import type { Finding } from "@/lib/model/findings/finding.schema";
import { Runtime } from "@/lib/server/runtime";
import { freePort } from "../../servers/free-port";
import { independentStats } from "../../servers/independent-stats";
import { type MemcachedServer, startMemcached } from "../../servers/memcached";
import { rawUdp } from "../../servers/udp";

const AS_ROOT = process.getuid?.() === 0 ? ["-u", "root"] : [];
const ADMIN = { name: "admin", role: "admin" } as const;

let directory: string;
let runtime: Runtime;
let udpPort: number;
const servers: MemcachedServer[] = [];
const defects: unknown[] = [];

async function start(args: readonly string[]): Promise<MemcachedServer> {
  const server = await startMemcached({ mode: "plain", args });
  servers.push(server);
  return server;
}

let loud: MemcachedServer;
let odd: MemcachedServer;
let wide: MemcachedServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "memfleet-remedy-"));
  udpPort = await freePort();
  loud = await start(["-U", String(udpPort), "-vv", "-A", "-M"]);
  wide = await start([]);
  const port = wide.endpoint.id.slice(wide.endpoint.id.lastIndexOf(":") + 1);
  await wide.restart(["-m", "100", "-p", port, ...AS_ROOT]);
  odd = await start(["-F", "-o", "idle_timeout=30,no_lru_crawler", "-n", "64"]);
  const twins = [await start([]), await start([])];
  const pools = [
    { name: "alone", servers: [loud.endpoint.id] },
    { name: "open", servers: [wide.endpoint.id] },
    { name: "alike", servers: [odd, ...twins].map(({ endpoint }) => endpoint.id) },
  ];
  const settings = { dataDir: directory, poll: { interval: "1s", timeout: "900ms" }, pools };
  await writeFile(join(directory, "memfleet.yaml"), JSON.stringify(settings));
  process.env.MEMFLEET_CONFIG = join(directory, "memfleet.yaml");
  runtime = await Runtime.start((error) => defects.push(error));
  await allUp();
});

afterAll(async () => {
  await runtime?.close();
  for (const server of servers) await server.stop();
  delete process.env.MEMFLEET_CONFIG;
  await rm(directory, { recursive: true, force: true });
  expect(defects).toEqual([]);
});

function allUp(): Promise<void> {
  return vi.waitFor(
    () => expect(runtime.nodes().map(({ status }) => status)).toEqual(servers.map(() => "up")),
    30_000,
  );
}

async function diagnosed(server: MemcachedServer, probe: ProbeName, check: string): Promise<Finding> {
  const { diagnostics } = runtime;
  const started = await diagnostics.begin(ADMIN, {
    nodes: [server.endpoint.id],
    probes: [probe],
    udpPayload: "version",
  });
  await expect.poll(() => diagnostics.get(started.id).endedMs, { timeout: 60_000 }).not.toBeNull();
  const found = diagnostics.get(started.id).findings.find((finding) => finding.check.startsWith(check));
  if (found === undefined) throw new Error(`${probe} returned no ${check}`);
  return found;
}

/** Started as the service would be, after the finding's text has been put into the file. */
async function apply(server: MemcachedServer, { remedy }: Finding): Promise<void> {
  const path = join(directory, "sysconfig");
  await writeFile(path, remedy.find((candidate) => candidate.for === "sysconfig")?.text ?? "exit 1");
  const line = '. "$1"; set -f; printf "%s\\n" -p "$PORT" -m "$CACHESIZE" -c "$MAXCONN" $OPTIONS';
  const { stdout } = await promisify(execFile)("bash", ["-euc", line, "bash", path]);
  await server.restart([...stdout.trimEnd().split("\n"), ...AS_ROOT]);
  await allUp();
}

const settingsOf = ({ endpoint }: MemcachedServer) => independentStats(endpoint, "text", "settings");

describe("an applied remedy", () => {
  it.each([
    { probe: "udp-exposure", check: "udp-answers", was: "open", is: "refused", setting: "udpport 0" },
    { probe: "settings", check: "verbosity", was: "fail", is: "pass", setting: "verbosity 0" },
    { probe: "settings", check: "shutdown-command", was: "fail", is: "pass", setting: "shutdown_command no" },
    { probe: "settings", check: "options", was: "fail", is: "pass", setting: "evictions on" },
    { probe: "settings", check: "memory-default", was: "fail", is: "pass", setting: "maxbytes 1073741824" },
    { probe: "settings", check: "flush-enabled", was: "fail", is: "pass", setting: "flush_enabled no" },
    { probe: "settings", check: "dump-enabled", was: "fail", is: "pass", setting: "dump_enabled no" },
    { probe: "settings", check: "idle-timeout", was: "fail", is: "pass", setting: "idle_timeout 3600" },
  ] as const)("turns $check green, and changes nothing else", { timeout: 90_000 }, async (row) => {
    const before = await diagnosed(loud, row.probe, row.check);
    expect(before).toMatchObject({ verdict: row.was });
    expect(before.severity).not.toBe("ok");
    const settings = await settingsOf(loud);
    await apply(loud, before);
    const [name = "", value = ""] = row.setting.split(" ");
    settings.set(name, value);
    expect(await settingsOf(loud)).toEqual(settings);
    const after = await diagnosed(loud, row.probe, row.check);
    expect(after).toMatchObject({ verdict: row.is, severity: "ok", remedy: [] });
    expect(after.previous).toMatchObject({
      verdict: row.was,
      severity: before.severity,
      title: before.title,
    });
  });

  it("closes the UDP port", async () => {
    expect(await rawUdp(udpPort, "version")).toEqual([]);
  }, 20_000);

  it("makes a node listen on loopback only when it has no remote clients", { timeout: 60_000 }, async () => {
    const before = await diagnosed(wide, "listeners", "listens:all");
    expect(before).toMatchObject({ verdict: "fail", severity: "warning" });
    await apply(wide, before);
    expect((await settingsOf(wide)).get("inter")).toBe("127.0.0.1");
    expect(await diagnosed(wide, "listeners", "listens:")).toMatchObject({
      check: "listens:loopback",
      severity: "ok",
    });
  });

  it("gives a node the settings of its pool", { timeout: 60_000 }, async () => {
    const before = await diagnosed(odd, "settings", "drift");
    expect(before).toMatchObject({ verdict: "fail", severity: "info" });
    expect(before.figures.count).toBe(4);
    await apply(odd, before);
    const after = await diagnosed(odd, "settings", "drift");
    expect(after).toMatchObject({ verdict: "pass", previous: { verdict: "fail" } });
  });
});
