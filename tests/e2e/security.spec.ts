/** Requests that should not work, against the server as it is run. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { hashPassword } from "@/lib/access/password";
import { ENDPOINTS, type Endpoint } from "@/lib/model/http/endpoints";
import { HEALTH_PATHS } from "@/lib/model/http/health-paths";
import { freePort } from "../servers/free-port";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { passThrough, startOidcProvider } from "../servers/oidc";
import { PASSWORD, USERNAME } from "../servers/secrets";
import { type Dashboard, serverEntry, startDashboard } from "./dashboard";
import { asToken, authOfEveryRole, signIn } from "./people";

let servers: MemcachedServer[];
let dashboard: Dashboard;
let auth: Awaited<ReturnType<typeof authOfEveryRole>>;
let node: string;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  servers = await Promise.all(
    (["plain", "sasl", "authfile"] as const).map((mode) => startMemcached({ mode })),
  );
  node = (servers[0] as MemcachedServer).endpoint.id;
  auth = await authOfEveryRole();
  const entries = servers.map((server) => serverEntry(server.endpoint));
  dashboard = await startDashboard([{ name: "main", servers: entries }], { auth });
});
test.afterAll(async () => {
  await dashboard?.stop();
  await Promise.all((servers ?? []).map((server) => server.stop()));
});

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** With any headers, `Host` among them. Streams are read for half a second. */
function send(path: string, { method = "GET", headers = {}, body }: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port: dashboard.port, path, method, headers },
      (response) => {
        const chunks: Buffer[] = [];
        const done = () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString("utf8"),
          });
        const isStream = response.headers["content-type"]?.startsWith("text/event-stream");
        if (isStream) setTimeout(() => sent.destroy(), 500);
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("close", done);
      },
    );
    sent.on("error", (error) => (sent.destroyed ? undefined : reject(error)));
    sent.end(body);
  });
}

const json = { "content-type": "application/json" };
const flush = () => JSON.stringify({ kind: "flush_all", nodes: [node], confirm: node });

async function flushes(): Promise<number> {
  const answer = await send(`/api/v1/nodes/${encodeURIComponent(node)}/stats/general/cmd_flush`, {
    headers: asToken("viewer"),
  });
  return Number(answer.text);
}

/** Every path there is, filled in for a node. */
function paths(of: string, token: string): string[] {
  const queries: Partial<Record<keyof typeof ENDPOINTS, string>> = {
    series: "?metric=hit_ratio",
    actionPreview: `?kind=flush_all&node=${encodeURIComponent(of)}`,
    keyOwner: "?key=some-key",
    scrape: `?target=${encodeURIComponent(of)}`,
  };
  const values: Readonly<Record<string, string>> = {
    node: of,
    pool: "main",
    key: "some-key",
    group: "settings",
    name: "maxconns",
    id: "1",
    token,
  };
  const routes = Object.entries<Endpoint>(ENDPOINTS).flatMap(([id, { path }]) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
    return `${filled}${queries[id as keyof typeof ENDPOINTS] ?? ""}`;
  });
  const pages = [
    "/",
    "/pools/main",
    `/nodes/${encodeURIComponent(of)}`,
    "/shares",
    "/actions",
    "/diagnostics",
    "/compare",
    "/tools",
    "/sign-in",
    `/s/${token}`,
  ];
  return [...new Set([...routes, ...pages, "/no-such-page", "/icon.svg"])];
}

test("a flush by an operator succeeds and is verified", async () => {
  const before = await flushes();
  const begun = await send("/api/v1/actions", {
    method: "POST",
    headers: { ...json, ...asToken("operator") },
    body: flush(),
  });
  expect(begun.status).toBe(202);
  const { id } = JSON.parse(begun.text) as { id: string };
  await expect
    .poll(
      async () =>
        JSON.parse((await send(`/api/v1/actions/${id}`, { headers: asToken("operator") })).text).state,
    )
    .toBe("done");
  expect(await flushes()).toBe(before + 1);
  const csv = await send("/api/v1/audit?kind=flush_all", {
    headers: { ...asToken("operator"), accept: "text/csv" },
  });
  expect(csv.text).toMatch(/"operator-token","operator","flush_all".*"done"/);
});

test("another site's request flushes nothing, whatever cookie the browser sends with it", async () => {
  const cookie = await signIn(dashboard.url, "admin");
  const before = await flushes();
  const attempts: [string, RequestOptions][] = [
    [
      "from another site",
      { headers: { ...json, "sec-fetch-site": "cross-site", origin: "http://evil.test" } },
    ],
    [
      "from another port",
      { headers: { ...json, "sec-fetch-site": "same-site", origin: "http://127.0.0.1:1" } },
    ],
    ["with an origin alone", { headers: { ...json, origin: "http://evil.test" } }],
    ["with the origin null", { headers: { ...json, origin: "null" } }],
    ["as a form's text", { headers: { "content-type": "text/plain", "sec-fetch-site": "same-origin" } }],
    ["as a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["without a type", { headers: {} }],
  ];
  for (const [what, attempt] of attempts) {
    const answer = await send("/api/v1/actions", {
      method: "POST",
      headers: { ...attempt.headers, cookie },
      body: flush(),
    });
    expect([403, 415], what).toContain(answer.status);
  }
  for (const method of ["GET", "HEAD", "PUT", "PATCH", "OPTIONS"]) {
    const answer = await send(`/api/v1/actions?kind=flush_all&nodes=${node}&confirm=${node}`, {
      method,
      headers: { cookie },
    });
    expect(answer.headers["access-control-allow-origin"], method).toBeUndefined();
  }
  expect(await flushes()).toBe(before);
});

test("a foreign Host is answered with 421 on every path but health checks, also with a matching Origin", async () => {
  const made = await share({ nodes: [node] });
  for (const path of paths(node, made.token).filter((each) => !HEALTH_PATHS.has(each))) {
    for (const host of [
      "evil.test",
      `evil.test:${dashboard.port}`,
      "localhost.evil.test",
      "127.0.0.1.evil.test",
    ]) {
      const answer = await send(path, { headers: { host, origin: `http://${host}`, ...asToken("admin") } });
      expect(answer.status, `${path} as ${host}`).toBe(421);
      expect(answer.text).not.toContain(node);
    }
  }
  const write = { method: "POST", body: flush() };
  const headers = { ...json, ...asToken("admin"), host: "evil.test", "sec-fetch-site": "same-origin" };
  expect((await send("/api/v1/actions", { ...write, headers })).status).toBe(421);
});

test("request bodies are limited, have known keys only, and never change a prototype", async () => {
  const post = (body: string) =>
    send("/api/v1/actions", { method: "POST", headers: { ...json, ...asToken("admin") }, body });
  expect((await post(JSON.stringify({ pad: "x".repeat(65 * 1024) }))).status).toBe(413);
  expect((await post("{")).status).toBe(400);
  expect((await post("null")).status).toBe(400);
  expect((await post("[]")).status).toBe(400);
  const polluted = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${flush().slice(1)}`;
  expect((await post(polluted)).status).toBe(400);
  const query = await send("/api/v1/fleet?__proto__=1&__proto__[polluted]=1", { headers: asToken("viewer") });
  expect(query.status).toBe(400);
  expect((await send("/api/v1/fleet", { headers: asToken("viewer") })).text).not.toContain("polluted");
});

test("every answer has its headers: errors, streams and files as well", async () => {
  const made = await share({ nodes: [node] });
  const page = await send("/sign-in");
  const file = /\/_next\/static\/[^"'\\]+?\.(?:js|css)/.exec(page.text)?.[0] ?? "";
  expect(file).not.toBe("");
  for (const path of [...paths(node, made.token), file, "/_next/static/none.js", "/%zz"]) {
    for (const headers of [{}, asToken("admin")]) {
      const answer = await send(path, { headers });
      const policy = String(answer.headers["content-security-policy"]);
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy.match(/script-src[^;]*/)?.[0] ?? "", path).not.toContain("unsafe-inline");
      expect(answer.headers["x-content-type-options"], path).toBe("nosniff");
      expect(answer.headers["x-frame-options"], path).toBe("DENY");
      const shared = path.startsWith("/s/");
      expect(answer.headers["referrer-policy"], path).toBe(shared ? "no-referrer" : "same-origin");
      const embedding = shared ? "cross-origin" : "same-origin";
      expect(answer.headers["cross-origin-resource-policy"], path).toBe(embedding);
      if (shared) expect(answer.headers["x-robots-tag"], path).toContain("noindex");
      expect(answer.headers["access-control-allow-origin"], path).toBeUndefined();
    }
  }
});

test("wrong passwords are counted by the socket's address: forged headers change nothing", async () => {
  const statuses: number[] = [];
  for (let n = 0; n < 12; n++) {
    const forged = {
      "x-forwarded-for": `198.51.100.${n}`,
      "x-real-ip": `198.51.100.${n}`,
      forwarded: `for=198.51.100.${n}`,
    };
    const headers = { ...json, ...forged, "x-memfleet-peer": `198.51.100.${n}` };
    const body = JSON.stringify({ username: "viewer", password: "wrong" });
    statuses.push((await send("/api/v1/session", { method: "POST", headers, body })).status);
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(401));
  expect(statuses.slice(10)).toEqual([429, 429]);
});

test("a changed password ends the other browser's stream within 30 seconds", async () => {
  test.setTimeout(90_000);
  const cookie = await signIn(dashboard.url, "operator");
  const stream = await fetch(`${dashboard.url}/api/v1/events`, { headers: { cookie } });
  expect(stream.status).toBe(200);
  const users = auth.users.filter(({ name }) => name !== "operator");
  const passwordHash = await hashPassword("another one");
  await dashboard.writeSettings({
    auth: { ...auth, users: [...users, { name: "operator", passwordHash, role: "operator" }] },
  });
  const reader = stream.body?.getReader();
  const ended = (async () => {
    while (!(await reader?.read())?.done);
    return true;
  })();
  const tooLate = new Promise<false>((resolve) => setTimeout(() => resolve(false), 30_000).unref());
  expect(await Promise.race([ended, tooLate])).toBe(true);
  expect((await send("/api/v1/fleet", { headers: { cookie } })).status).toBe(401);
  await dashboard.writeSettings({ auth });
  // Few tries: wrong ones are counted.
  await expect
    .poll(() => signIn(dashboard.url, "operator").then(() => "signed in", String), { intervals: [1_000] })
    .toBe("signed in");
});

test("a revoked link stops working at once, in every form", async () => {
  const made = await share({ nodes: [node] });
  const forms = ["", "/status.json", "/badge.svg", "/preview.png"];
  for (const form of forms) expect((await send(`/s/${made.token}${form}`)).status, form).toBe(200);
  const revoked = await send(`/api/v1/shares/${made.id}`, { method: "DELETE", headers: asToken("operator") });
  expect(revoked.status).toBe(204);
  for (const form of forms) {
    const expired = await send(`/s/${made.token}${form}`);
    const never = await send(`/s/${"A".repeat(22)}${form}`);
    expect(expired.status, form).toBe(404);
    expect(never.status, form).toBe(404);
    if (form !== "") expect(expired.text, form).toBe(never.text);
  }
});

test("opening a link never reaches a node", async () => {
  const made = await share({
    nodes: [node],
    fields: ["version", "hitRatio", "memory", "connections", "charts", "markers"],
  });
  const stat = async (name: string) => {
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/stats/general/${name}`;
    return Number((await send(path, { headers: asToken("viewer") })).text);
  };
  const before = await stat("total_connections");
  for (let n = 0; n < 10; n++) {
    for (const form of ["", "/status.json", "/badge.svg", "/preview.png"])
      await send(`/s/${made.token}${form}`);
  }
  expect(await stat("total_connections")).toBe(before);
  await (servers[0] as MemcachedServer).kill();
  const status = JSON.parse((await send(`/s/${made.token}/status.json`)).text) as {
    atMs: number;
    servedMs: number;
  };
  expect(status.servedMs).toBeGreaterThanOrEqual(status.atMs);
  await (servers[0] as MemcachedServer).restart();
  const path = `/api/v1/nodes/${encodeURIComponent(node)}`;
  await expect
    .poll(async () => JSON.parse((await send(path, { headers: asToken("viewer") })).text).status)
    .toBe("up");
});

test("users of an identity provider sign in through the browser's redirects", async () => {
  const provider = await startOidcProvider(`${dashboard.url}/api/v1/session/oidc/callback`);
  try {
    const oidc = {
      ...{
        issuer: provider.issuer,
        clientId: "memfleet",
        clientSecret: "client-s3cret",
        scope: "openid profile",
      },
      roles: { sre: "operator" },
    };
    await dashboard.writeSettings({ auth: { ...auth, oidc } });
    const begin = () => send("/api/v1/session/oidc?next=%2Fpools%2Fmain");
    await expect.poll(async () => (await begin()).status).toBe(303);
    const walk = async (login: string) => {
      const begun = await begin();
      const back = await passThrough(String(begun.headers.location), login, dashboard.url);
      const cookie = String(begun.headers["set-cookie"]).split(";")[0] as string;
      return send(`${back.pathname}${back.search}`, { headers: { cookie, "sec-fetch-site": "cross-site" } });
    };
    const landed = await walk("dana@sre");
    expect([landed.status, landed.headers.location]).toEqual([303, "/pools/main"]);
    const cookie = (landed.headers["set-cookie"] as string[]).map((text) => text.split(";")[0]).join("; ");
    const whoami = JSON.parse((await send("/api/v1/session", { headers: { cookie } })).text);
    expect(whoami).toMatchObject({
      actor: { name: "dana", role: "operator", via: "oidc" },
      openAccess: false,
    });
    expect((await send("/pools/main", { headers: { cookie } })).status).toBe(200);
    const rejected = await walk("eve@dev");
    expect([rejected.status, rejected.headers.location]).toEqual([303, "/sign-in?problem=noRole"]);
    expect(dashboard.output()).not.toContain("client-s3cret");
  } finally {
    await dashboard.writeSettings({ auth });
    await provider.stop();
  }
});

test("node passwords and users' hashes are in nothing that is served, logged or stored", async () => {
  test.setTimeout(120_000);
  const made = await share({
    nodes: servers.map((server) => server.endpoint.id),
    fields: ["version", "charts"],
  });
  const outputs: [string, string][] = [];
  for (const server of servers) {
    for (const path of paths(server.endpoint.id, made.token)) {
      const answer = await send(path, { headers: asToken("admin") });
      outputs.push([path, `${JSON.stringify(answer.headers)}\n${answer.text}`]);
    }
  }
  for (const id of servers.map((server) => server.endpoint.id)) {
    const body = JSON.stringify({ kind: "flush_all", nodes: [id], confirm: id });
    const answer = await send("/api/v1/actions", {
      method: "POST",
      headers: { ...json, ...asToken("admin") },
      body,
    });
    outputs.push(["flush", answer.text]);
  }
  outputs.push(["log", dashboard.output()]);
  for (const file of readdirSync(dashboard.dataDir)) {
    const path = join(dashboard.dataDir, file);
    if (statSync(path).isFile()) outputs.push([file, readFileSync(path, "latin1")]);
  }
  const sasl = `\u0000${USERNAME}\u0000${PASSWORD}`;
  const canaries = [PASSWORD, `${USERNAME} ${PASSWORD}`, sasl, "$scrypt$"].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
    Buffer.from(secret).toString("hex"),
  ]);
  const leaks = outputs.flatMap(([where, text]) =>
    canaries.filter((canary) => text.includes(canary)).map(() => where),
  );
  expect(leaks).toEqual([]);
  expect(outputs.length).toBeGreaterThan(80);
});

test("listening beyond loopback without sign-in refuses to start, with the reason and two ways out", async () => {
  const folder = mkdtempSync(join(tmpdir(), "memfleet-listen-"));
  const port = await freePort();
  writeFileSync(join(folder, "memfleet.yaml"), `listen: 0.0.0.0:${port}\n`);
  const env: NodeJS.ProcessEnv = { ...process.env, MEMFLEET_CONFIG: join(folder, "memfleet.yaml") };
  Reflect.deleteProperty(env, "NODE_ENV");
  const launcher = join(import.meta.dirname, "..", "..", "bin", "memfleet.mjs");
  const child = spawn(process.execPath, [launcher, "start"], { cwd: folder, env });
  let written = "";
  child.stderr.on("data", (chunk) => {
    written += chunk;
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  rmSync(folder, { recursive: true, force: true });
  expect(code).not.toBe(0);
  expect(written).toMatch(/no sign-in is configured/);
  expect(written).toMatch(/configure `auth`.*ssh -L/);
});

async function share(input: object): Promise<{ id: string; token: string }> {
  const headers = { ...json, ...asToken("operator") };
  const answer = await send("/api/v1/shares", { method: "POST", headers, body: JSON.stringify(input) });
  expect(answer.status).toBe(201);
  const { id, url } = JSON.parse(answer.text) as { id: string; url: string };
  return { id, token: url.replace(/^.*\/s\//, "") };
}
