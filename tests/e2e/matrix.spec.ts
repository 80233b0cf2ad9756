/**
 * Every route and every page, for everybody, in both modes. The list comes from the endpoints themselves: one
 * without a sample here does not compile, and one without a rule cannot be written.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { ENDPOINTS, type Endpoint } from "@/lib/model/http/endpoints";
import { isAtLeastRole, ROLES, type Role } from "@/lib/model/roles";
import { type MemcachedServer, startMemcached } from "../servers/memcached";
import { type Dashboard, startDashboard } from "./dashboard";
import { asToken, authOfEveryRole, PASSWORDS } from "./people";

type EndpointId = keyof typeof ENDPOINTS;
interface Sample {
  readonly query?: string;
  readonly body?: unknown;
  /** The status for a permitted caller. */
  readonly status: number;
}

/** Requests that are right in form and change nothing that a later one needs. */
function samples(node: string): Readonly<Record<EndpointId, Sample>> {
  return {
    fleet: { status: 200 },
    node: { status: 200 },
    stats: { status: 200 },
    stat: { status: 200 },
    slabs: { status: 200 },
    connections: { status: 200 },
    series: { query: "metric=hit_ratio", status: 200 },
    compare: { query: `node=${encodeURIComponent(node)}&node=no-such-node`, status: 400 },
    poolDrift: { status: 200 },
    poolBalance: { status: 200 },
    catalogue: { status: 200 },
    events: { status: 200 },
    metrics: { status: 200 },
    scrape: { query: `target=${encodeURIComponent(node)}`, status: 200 },
    targets: { status: 200 },
    openapi: { status: 200 },
    healthy: { status: 200 },
    ready: { status: 200 },
    whoami: { status: 200 },
    signIn: { body: { username: "viewer", password: PASSWORDS.viewer }, status: 200 },
    signOut: { status: 204 },
    oidcBegin: { status: 404 },
    oidcCallback: { status: 404 },
    act: { body: { kind: "flush_all", nodes: [node], confirm: "not this node" }, status: 409 },
    actions: { status: 200 },
    actionPreview: { query: `kind=flush_all&node=${encodeURIComponent(node)}`, status: 200 },
    action: { status: 404 },
    actionEvents: { status: 404 },
    cancelAction: { status: 404 },
    pauseAction: { status: 404 },
    resumeAction: { status: 404 },
    keys: { query: "prefix=user:&limit=5", status: 200 },
    key: { status: 200 },
    keyValue: { status: 404 },
    keyOwner: { query: "key=user:1", status: 200 },
    ping: { query: "count=2&intervalMs=20", status: 200 },
    audit: { status: 200 },
    share: { body: { nodes: [node], mode: "live" }, status: 201 },
    shares: { status: 200 },
    revokeShare: { status: 404 },
    shareStatus: { status: 200 },
    shareBadge: { status: 200 },
    sharePreview: { status: 200 },
    unlockShare: { body: { password: "not asked for" }, status: 204 },
    diagnose: { body: { nodes: [node], probes: ["settings"] }, status: 202 },
    diagnostics: { query: "form=brief&limit=5", status: 200 },
    posture: { query: "limit=5", status: 200 },
    diagnostic: { status: 404 },
    diagnosticEvents: { status: 404 },
    cancelDiagnostic: { status: 404 },
    markPatched: { body: { node, check: "version-floor", patched: false }, status: 204 },
  } satisfies Record<EndpointId, Sample>;
}

const CALLERS = ["nobody", "share", "viewer", "operator", "admin", "bad token"] as const;
type Caller = (typeof CALLERS)[number];

let server: MemcachedServer;
let dashboard: Dashboard;
let auth: unknown;
let shareToken: string;

test.beforeAll(async () => {
  test.setTimeout(360_000);
  server = await startMemcached({ mode: "plain" });
  auth = await authOfEveryRole();
  dashboard = await startDashboard([{ name: "main", servers: [server.endpoint.id] }], { auth });
  const made = await fetch(`${dashboard.url}/api/v1/shares`, {
    method: "POST",
    headers: { "content-type": "application/json", ...asToken("admin") },
    body: JSON.stringify({ nodes: [server.endpoint.id] }),
  });
  expect(made.status).toBe(201);
  shareToken = ((await made.json()) as { url: string }).url.replace(/^.*\/s\//, "");
});

test.afterAll(async () => {
  await dashboard?.stop();
  await server?.stop();
});

function headersOf(caller: Caller): Record<string, string> {
  if (caller === "nobody") return {};
  if (caller === "bad token") return { authorization: "Bearer token-of-an-admim" };
  if (caller === "share") {
    const cookies = [`memfleet-${dashboard.port}`, `memfleet-share-${dashboard.port}`];
    const cookie = cookies.map((name) => `${name}=${shareToken}`).join("; ");
    return { authorization: `Bearer ${shareToken}`, cookie };
  }
  return asToken(caller);
}

/** The expected access rule of an endpoint, independent of the server's implementation. */
function expected(endpoint: Endpoint, sample: Sample, caller: Caller, readOnly: boolean): number {
  if (readOnly && endpoint.changes) return 405;
  if (endpoint.access === "public" || endpoint.access === "share") return sample.status;
  const role = ROLES.find((known: Role) => known === caller);
  if (role === undefined) return 401;
  return isAtLeastRole(role, endpoint.access) ? sample.status : 403;
}

async function send(
  endpoint: Endpoint,
  sample: Sample,
  caller: Caller,
  token = shareToken,
): Promise<Response> {
  const params: Record<string, string> = {
    pool: "main",
    key: "no/such-key",
    node: server.endpoint.id,
    group: "general",
    name: "pid",
    id: "no-such-id",
    token,
  };
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(params[name] ?? ""),
  );
  const body = sample.body === undefined ? {} : { body: JSON.stringify(sample.body) };
  const type: Record<string, string> =
    sample.body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(`${dashboard.url}${path}${sample.query ? `?${sample.query}` : ""}`, {
    method: endpoint.method,
    headers: { ...headersOf(caller), ...type },
    redirect: "manual",
    ...body,
  });
  if (response.headers.get("content-type")?.startsWith("text/event-stream")) await response.body?.cancel();
  return response;
}

for (const readOnly of [false, true]) {
  test(`every route enforces its rule${readOnly ? " in read-only mode" : ""}`, async () => {
    test.setTimeout(180_000);
    await dashboard.writeSettings({ auth, readOnly });
    await expect.poll(async () => (await whoami()).readOnly).toBe(readOnly);
    const wrong: string[] = [];
    const all = samples(server.endpoint.id);
    for (const [id, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
      const sample = all[id as EndpointId];
      expect(sample, `${id} has no sample`).toBeDefined();
      for (const caller of CALLERS) {
        const { status } = await send(endpoint, sample, caller);
        const right = expected(endpoint, sample, caller, readOnly);
        if (status !== right) wrong.push(`${id} for ${caller}: ${status} instead of ${right}`);
      }
    }
    expect(wrong).toEqual([]);
  });
}

async function whoami(): Promise<{ readOnly: boolean }> {
  const response = await fetch(`${dashboard.url}/api/v1/session`, { headers: asToken("viewer") });
  return (await response.json()) as { readOnly: boolean };
}

test("links that never existed look the same as each other, for every caller", async () => {
  const all = samples(server.endpoint.id);
  for (const [id, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    if (endpoint.access !== "share") continue;
    for (const token of ["A".repeat(22), "short", `${"A".repeat(21)}.`, "%2e%2e"]) {
      const answers = await Promise.all(
        (["nobody", "admin"] as const).map(async (caller) => {
          const response = await send(endpoint, all[id as EndpointId], caller, token);
          return `${response.status} ${await response.text()}`;
        }),
      );
      expect(new Set(answers).size, id).toBe(1);
      expect(answers[0], id).toMatch(/^404 /);
    }
  }
});

test("every page behind the sign-in redirects anonymous users there and reveals nothing", async () => {
  const root = join(import.meta.dirname, "..", "..", "app", "(fleet)");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(^|\/)page\.tsx$/.test(file),
  );
  expect(files.length).toBeGreaterThan(2);
  for (const file of files) {
    const path = `/${file.replace(/\/?page\.tsx$/, "")}`
      .replace("[node]", encodeURIComponent(server.endpoint.id))
      .replace("[pool]", "main");
    const ways: Record<string, string>[] = [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }];
    for (const headers of ways) {
      const anonymous = await fetch(`${dashboard.url}${path}`, { headers });
      const html = await anonymous.text();
      expect(html, path).not.toContain('"limitMaxbytes"');
      expect(html, path).not.toContain("capabilities");
      // A prefetch contains only the outline of the route.
      const outline = "next-router-prefetch" in headers;
      if (!outline) expect(`${anonymous.url} ${html}`, `${path} ${anonymous.status}`).toContain("/sign-in");
    }
    const known = await fetch(`${dashboard.url}${path}`, { headers: asToken("admin"), redirect: "manual" });
    expect(known.status, path).toBe(200);
    expect(await known.text(), path).toContain("capabilities");
  }
});
