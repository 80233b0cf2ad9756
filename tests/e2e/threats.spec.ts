/** What attackers and faulty surroundings try against the server as it is run. Each test is named after the threat. */
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { NODE_TABS } from "@/components/node/tab-bar";
import type { Fleet } from "@/lib/model/fleet.schema";
import { ENDPOINTS, type Endpoint } from "@/lib/model/http/endpoints";
import type { Series } from "@/lib/model/series.schema";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { USERNAME } from "../servers/secrets";
import { storeItems } from "../servers/stored-items";
import { type Dashboard, serverEntry, startDashboard } from "./dashboard";
import { openSettled } from "./settled";

const endings: (() => Promise<unknown> | unknown)[] = [];
test.beforeEach(() => test.setTimeout(240_000));
test.afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function memcached(mode: "plain" | "authfile" = "plain"): Promise<MemcachedServer> {
  const server = await startMemcached({ mode });
  endings.push(() => server.stop());
  return server;
}

async function dashboardOf(...args: Parameters<typeof startDashboard>): Promise<Dashboard> {
  const dashboard = await startDashboard(...args);
  endings.push(() => dashboard.stop());
  return dashboard;
}

async function fleetOf({ url }: Dashboard): Promise<Fleet> {
  return (await (await fetch(`${url}/api/v1/fleet`)).json()) as Fleet;
}

async function statusesOf(dashboard: Dashboard): Promise<string[]> {
  return (await fleetOf(dashboard)).nodes.map(({ status }) => status);
}

/** A text server with these stats; `requests` counts its `stats` requests. */
async function fakeNode(stats: () => readonly (readonly [string, string | number])[], version: string) {
  const sockets = new Set<Socket>();
  let requests = 0;
  const reply = (line: string): string => {
    if (line === "stats") {
      requests++;
      const rows = stats().map(([name, value]) => `STAT ${name} ${value}\r\n`);
      return `${rows.join("")}END\r\n`;
    }
    if (line === "version") return `VERSION ${version}\r\n`;
    return line.startsWith("stats ") ? "END\r\n" : "ERROR\r\n";
  };
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const lines = received.split("\r\n");
      received = lines.pop() ?? "";
      for (const line of lines.filter((text) => text !== "")) socket.write(Buffer.from(reply(line)));
    });
  });
  const port = await listening(server);
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { id: `127.0.0.1:${port}`, requests: () => requests };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    }),
  );
}

const seconds = () => Math.floor(Date.now() / 1_000);
const usual = () =>
  [
    ["pid", 7],
    ["uptime", seconds() - 1_700_000_000],
    ["time", seconds()],
    ["curr_connections", 2],
  ] as const;

/** 127.0.0.1 and its neighbours in the forms that parsers of addresses read differently. */
function addressForms(port: number): string[] {
  const hosts = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ip6-localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[fe80::1%25lo]",
    "[fe80::1%lo]",
    "169.254.169.254",
    "metadata.google.internal",
    "[fd00:ec2::254]",
    "224.0.0.1",
    "255.255.255.255",
    "１２７.0.0.1",
    "127。0。0。1",
    "user@127.0.0.1",
    "127.0.0.1#",
    "127.0.0.1%00",
    "127.0.0.1\t",
    " 127.0.0.1",
    "127.0.0.1/",
    "//127.0.0.1",
    "http://127.0.0.1",
    "memcached://127.0.0.1",
    "unix:///tmp/x",
    "unix:/proc/self/environ",
    "\\\\127.0.0.1\\x",
    "127.0.0.1.nip.io",
    "⑫7.0.0.1",
    "127.000.000.001",
    "127.0.0.1,127.0.0.1",
    "127.0.0.1;x",
    "127.0.0.1\r\nflush_all",
    "127.0.0.1 flush_all",
    "::1",
    "::ffff:127.0.0.1",
    "1.0.0.127.in-addr.arpa",
    "localhost.localdomain",
    "127.0.0.2",
    "127.255.255.254",
    "0x7f.1",
    "0177.1",
    "00000127.0.0.1",
    "4294967296",
    "127.0.0.1:11211@127.0.0.1",
  ];
  return hosts.map((host) => `${host}:${port}`);
}

test("SSRF: no request connects the server to an address that is not configured", async () => {
  const server = await memcached();
  const dashboard = await dashboardOf([{ name: "main", servers: [server.endpoint.id] }]);
  let connections = 0;
  const canary = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const port = await listening(canary);
  endings.push(() => canary.close());
  const statuses = new Set<number>();
  for (const target of addressForms(port)) {
    const encoded = encodeURIComponent(target);
    const reads = Object.values<Endpoint>(ENDPOINTS)
      .filter(({ method, path }) => method === "GET" && path.includes("{node}"))
      .map(({ path }) => path.replace("{node}", encoded).replace(/\{\w+\}/g, "x"));
    const scrape = `/scrape?target=${encoded}`;
    for (const path of [...reads, scrape, `/nodes/${encoded}`]) {
      // The event streams answer 404 too: none of them stays open.
      const answer = await fetch(`${dashboard.url}${path}`, { redirect: "manual" });
      await answer.body?.cancel();
      if (!path.startsWith("/nodes/")) statuses.add(answer.status);
    }
    for (const [path, body] of [
      ["/api/v1/actions", { kind: "flush_all", nodes: [target], confirm: target }],
      ["/api/v1/actions", { kind: "capability_check", nodes: [target] }],
      ["/api/v1/diagnostics", { nodes: [target], probes: ["reachability", "udp"] }],
    ] as const) {
      const answer = await fetch(`${dashboard.url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      await answer.body?.cancel();
      statuses.add(answer.status);
    }
  }
  expect([...statuses].filter((status) => ![400, 403, 404, 422].includes(status))).toEqual([]);
  expect(connections).toBe(0);
});

/** Markup, template and bidi payloads that a hostile server or cache writer may send. */
const PAYLOADS = [
  "<script>window.__executed=1</script>",
  "<img src=x onerror=window.__executed=1>",
  "<svg onload=window.__executed=1>",
  '"><script>window.__executed=1</script>',
  "'-window.__executed=1-'",
  "javascript:window.__executed=1",
  "</title><script>window.__executed=1</script>",
  "</style><script>window.__executed=1</script>",
  "<!--<script>window.__executed=1//-->",
  "{{constructor.constructor('window.__executed=1')()}}",
  ["$", "{window.__executed=1}"].join(""),
  "<iframe srcdoc='<script>parent.__executed=1</script>'>",
  "<a href=javascript:window.__executed=1>x</a>",
  "<math><mi xlink:href=javascript:window.__executed=1>",
  "<details open ontoggle=window.__executed=1>",
  "\u202egnp.exe",
  "\u0007\u001b[31mred",
  '=HYPERLINK("x")',
  "__proto__",
  "constructor",
];

test("hostile strings: no page executes or loads what a server sends", async ({ page }) => {
  const names = PAYLOADS.map((text, n) => [`${text.replaceAll(/[\s\p{Cc}]/gu, "_")}${n}`, n] as const);
  const hostile = await fakeNode(
    () => [...usual(), ...names, ["version", PAYLOADS[0] as string]],
    PAYLOADS[1] as string,
  );
  const server = await memcached();
  await storeItems(
    server.endpoint,
    names.map(([key]) => key),
  );
  const dashboard = await dashboardOf([
    { name: "hostile", labels: { team: PAYLOADS[1] as string }, servers: [hostile.id] },
    { name: "main", servers: [server.endpoint.id] },
  ]);
  await expect.poll(() => statusesOf(dashboard)).toEqual(["up", "up"]);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) problems.push(message.text());
  });
  page.on("dialog", (dialog) => {
    problems.push(dialog.message());
    return dialog.dismiss();
  });
  const node = `/nodes/${encodeURIComponent(hostile.id)}`;
  const paths = [
    "/",
    "/pools/hostile",
    node,
    ...NODE_TABS.map((tab) => `${node}?tab=${tab}`),
    `/nodes/${encodeURIComponent(server.endpoint.id)}?tab=keys`,
    `/compare?node=${encodeURIComponent(hostile.id)}&node=${encodeURIComponent(server.endpoint.id)}`,
    "/diagnostics",
    "/actions",
    "/tools",
    "/shares",
  ];
  for (const path of paths) {
    await openSettled(page, `${dashboard.url}${path}`);
    const executed = await page.evaluate(() => "__executed" in window);
    if (executed) problems.push(`${path}: executed`);
  }
  expect(problems).toEqual([]);
});

test("outbound: the server has no connection but to its nodes", async ({ page }) => {
  const servers = [await memcached(), await memcached()];
  const dashboard = await dashboardOf([
    { name: "main", servers: servers.map(({ endpoint }) => endpoint.id) },
  ]);
  const foreign = new Set<string>();
  const allowed = new Set(servers.map(({ endpoint }) => endpoint.id));
  const watch = setInterval(() => {
    for (const peer of connectionsOf(dashboard)) if (!allowed.has(peer)) foreign.add(peer);
  }, 20);
  try {
    for (const path of ["/", "/diagnostics", "/compare", "/shares", "/tools"]) {
      await openSettled(page, `${dashboard.url}${path}`);
    }
  } finally {
    clearInterval(watch);
  }
  expect([...connectionsOf(dashboard)].length).toBeGreaterThan(0);
  expect([...foreign]).toEqual([]);
});

/** Peers of the connections that the server has opened itself, as host:port; those to its own port are others'. */
function connectionsOf(dashboard: Dashboard): Set<string> {
  const peers = new Set<string>();
  for (const file of ["tcp", "tcp6"]) {
    const rows = readFileSync(`/proc/${dashboard.serverPid()}/net/${file}`, "utf8")
      .trim()
      .split("\n")
      .slice(1);
    for (const row of rows) {
      const [, local = "", remote = "", state, , , , , , inode] = row.trim().split(/\s+/);
      const isOwn = ownSockets(dashboard.serverPid()).has(inode ?? "");
      if (state !== "01" || !isOwn || portOf(local) === dashboard.port) continue;
      peers.add(`${hostOf(remote)}:${portOf(remote)}`);
    }
  }
  return peers;
}

function ownSockets(pid: number): Set<string> {
  const names = readdirSync(`/proc/${pid}/fd`);
  const links = names.map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

/** A file may be closed between listing and reading. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** How long a fault lasts, and how often a condition that must hold throughout is looked at. */
const passed = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const portOf = (hex: string) => Number.parseInt(hex.split(":")[1] ?? "", 16);
const hostOf = (hex: string) =>
  (hex.split(":")[0] ?? "")
    .slice(-8)
    .match(/../g)
    ?.reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");

test("SIGSTOP of the server for three seconds: no node counts as down, and no burst of polls follows", async () => {
  const node = await fakeNode(usual, "1.6.18");
  const servers = [await memcached(), await memcached()];
  const dashboard = await dashboardOf([
    { name: "main", servers: [node.id, ...servers.map(({ endpoint }) => endpoint.id)] },
  ]);
  await expect.poll(() => statusesOf(dashboard)).toEqual(["up", "up", "up"]);
  const pid = dashboard.serverPid();
  process.kill(pid, "SIGSTOP");
  await passed(3_000);
  const before = node.requests();
  process.kill(pid, "SIGCONT");
  const seen = new Set<string>();
  for (let n = 0; n < 20; n++) {
    for (const status of await statusesOf(dashboard)) seen.add(status);
    await passed(100);
  }
  expect([...seen]).toEqual(["up"]);
  // Two seconds of polling every second, one that was under way, one that became due meanwhile.
  expect(node.requests() - before).toBeLessThanOrEqual(4);
});

test("clock jumps of the server: an hour forwards and back leaves nodes up and charts without spikes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "memfleet-clock-"));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shift");
  writeFileSync(file, "0");
  const shim = join(import.meta.dirname, "shifted-clock.mjs");
  const server = await memcached();
  const dashboard = await dashboardOf(
    [{ name: "main", servers: [server.endpoint.id] }],
    {},
    {
      SHIFTED_CLOCK_FILE: file,
      NODE_OPTIONS: `--import=${shim}`,
    },
  );
  await expect.poll(() => statusesOf(dashboard)).toEqual(["up"]);
  const seen = new Set<string>();
  const shiftedBy = async (ms: number) => {
    writeFileSync(file, String(ms));
    for (let n = 0; n < 25; n++) {
      const fleet = await fleetOf(dashboard);
      for (const { status, getsPerSecond } of fleet.nodes) {
        seen.add(status);
        expect(getsPerSecond ?? 0).toBeGreaterThanOrEqual(0);
      }
      await passed(200);
    }
    const { atMs } = await fleetOf(dashboard);
    expect(Math.abs(atMs - Date.now() - ms)).toBeLessThan(2_000);
  };
  for (const ms of [3_600_000, 0, -3_600_000, 0]) await shiftedBy(ms);
  expect([...seen]).toEqual(["up"]);
  const series = (await (
    await fetch(`${dashboard.url}/api/v1/series?metric=connections_opened&metric=gets&from=now-2h`)
  ).json()) as Series;
  const values = series.series.flatMap((line) => line.values).filter((value) => value !== null);
  // Only the test's own few connections.
  expect(values.filter((value) => value < 0 || value > 10)).toEqual([]);
  expect(series.markers.filter(({ kind }) => kind === "restart" || kind === "reset")).toEqual([]);
});

test("a rotated authfile: authFailed and not down, few attempts, up again with the new password", async () => {
  const server = await memcached("authfile");
  const dashboard = await dashboardOf([{ name: "main", servers: [serverEntry(server.endpoint)] }]);
  await expect.poll(() => statusesOf(dashboard)).toEqual(["up"]);
  const other = {
    address: server.endpoint.id,
    auth: { ascii: { username: USERNAME, password: "of-yesterday" } },
  };
  await dashboard.writePools([{ name: "main", servers: [other] }]);
  await expect.poll(() => statusesOf(dashboard), { timeout: 30_000 }).toEqual(["authFailed"]);
  const seen = new Set<string>();
  for (let n = 0; n < 15; n++) {
    for (const status of await statusesOf(dashboard)) seen.add(status);
    await passed(200);
  }
  expect([...seen]).toEqual(["authFailed"]);
  await dashboard.writePools([{ name: "main", servers: [serverEntry(server.endpoint)] }]);
  await expect.poll(() => statusesOf(dashboard), { timeout: 60_000 }).toEqual(["up"]);
});

test("flapping discovery: a node that comes and goes disturbs no other and leaves no connection", async () => {
  const [steady, flapping] = [await memcached(), await memcached()];
  const folder = await mkdtemp(join(tmpdir(), "memfleet-targets-"));
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "targets.json");
  const list = (...targets: readonly string[]) => writeFileSync(file, JSON.stringify([{ targets }]));
  list(steady.endpoint.id);
  const dashboard = await dashboardOf([
    { name: "main", servers: [], discover: [{ fileSd: [file] }] } as Parameters<
      typeof startDashboard
    >[0][number],
  ]);
  await expect.poll(() => statusesOf(dashboard)).toEqual(["up"]);
  const seen = new Set<string | undefined>();
  for (let n = 0; n < 20; n++) {
    list(steady.endpoint.id, ...(n % 2 === 0 ? [flapping.endpoint.id] : []));
    await expect
      .poll(async () => (await fleetOf(dashboard)).nodes.length, { timeout: 30_000 })
      .toBe(n % 2 === 0 ? 2 : 1);
    seen.add((await fleetOf(dashboard)).nodes.find(({ id }) => id === steady.endpoint.id)?.status);
  }
  expect([...seen]).toEqual(["up"]);
  await expect.poll(() => [...connectionsOf(dashboard)]).toEqual([steady.endpoint.id]);
});
