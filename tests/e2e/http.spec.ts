import { get as rawGet } from "node:http";
import { fleetSchema } from "@/lib/model/fleet.schema";
import {
  catalogueSchema,
  connectionsReplySchema,
  slabsReplySchema,
} from "@/lib/model/node/inspection.schema";
import { nodeSchema } from "@/lib/model/node/node.schema";
import { seriesSchema } from "@/lib/model/series.schema";
import { expect, test } from "./fleet-fixture";

/** A request with a Host header of our choice, which fetch does not allow. */
function withHost(port: number, path: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = rawGet({ host: "127.0.0.1", port, path, headers: { host } }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on("error", reject);
  });
}

test("a foreign Host gets 421 on pages, API, streams and files, but not on health checks", async ({
  fleet,
}) => {
  const { port, url } = fleet.dashboard;
  const page = await (await fetch(url)).text();
  const file = /\/_next\/static\/[^"]+\.js/.exec(page)?.[0] ?? "";
  expect(file).not.toBe("");
  const paths = [
    "/",
    "/pools/sessions",
    "/nope",
    "/api/v1/fleet",
    "/api/v1/events",
    "/api/v1/openapi.json",
    "/pools/sessions/",
    "//evil.test/",
    file,
  ];
  for (const path of paths) {
    expect([path, await withHost(port, path, "evil.test")]).toEqual([path, 421]);
    expect([path, await withHost(port, path, `127.0.0.1.evil.test:${port}`)]).toEqual([path, 421]);
    expect([path, await withHost(port, path, `localhost:${port}`)]).not.toEqual([path, 421]);
  }
  for (const path of ["/-/healthy", "/-/ready"]) {
    expect([path, await withHost(port, path, "evil.test")]).toEqual([path, 200]);
  }
});

test("every response matches its schema", async ({ fleet }) => {
  const { url } = fleet.dashboard;
  const plain = encodeURIComponent(fleet.servers.plain.endpoint.id);
  const shapes = {
    "/api/v1/fleet": fleetSchema,
    [`/api/v1/nodes/${plain}`]: nodeSchema,
    [`/api/v1/nodes/${plain}/slabs`]: slabsReplySchema,
    [`/api/v1/nodes/${plain}/connections`]: connectionsReplySchema,
    "/api/v1/series?metric=hit_ratio&metric=bytes&from=now-15m": seriesSchema,
    "/api/v1/series?metric=gets&aggregate=pool": seriesSchema,
    "/api/v1/metrics-catalogue": catalogueSchema,
  };
  for (const [path, schema] of Object.entries(shapes)) {
    const response = await fetch(`${url}${path}`);
    expect([path, response.status]).toEqual([path, 200]);
    expect([path, schema.safeParse(await response.json()).error]).toEqual([path, undefined]);
  }
});

test("errors name the field, the value found and the allowed values", async ({ fleet }) => {
  const { url } = fleet.dashboard;
  const plain = encodeURIComponent(fleet.servers.plain.endpoint.id);
  const sasl = encodeURIComponent(fleet.servers.sasl.endpoint.id);
  const down = encodeURIComponent(fleet.downId);
  const cases: [string, number][] = [
    ["/api/v1/series?metric=nope", 400],
    ["/api/v1/series?metric=bytes&from=yesterday", 400],
    ["/api/v1/series?metric=bytes&from=now&to=now-1h", 400],
    ["/api/v1/fleet?limit=0", 400],
    ["/api/v1/fleet?surprise=1", 400],
    [`/api/v1/nodes/${plain}/stats/detail`, 400],
    ["/api/v1/nodes/10.9.9.9%3A11211", 404],
    [`/api/v1/nodes/${plain}/stats/general/no_such_stat`, 404],
    ["/api/v1/series?metric=bytes&pool=nope", 404],
    [`/api/v1/nodes/${plain}/stats/extstore`, 422],
    [`/api/v1/nodes/${sasl}/connections`, 422],
    [`/api/v1/nodes/${down}/stats/general`, 504],
  ];
  for (const [path, status] of cases) {
    const response = await fetch(`${url}${path}`);
    expect([path, response.status]).toEqual([path, status]);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = (await response.json()) as {
      status: number;
      detail: string;
      errors?: { field: string; allowed: string }[];
    };
    expect(problem.status).toBe(status);
    expect(problem.detail).not.toBe("");
    if (status === 400) for (const error of problem.errors ?? []) expect(error.allowed).not.toBe("");
  }
});

test("an unchanged response is a 304 and a large one is compressed", async ({ fleet }) => {
  const { url } = fleet.dashboard;
  const first = await fetch(`${url}/api/v1/metrics-catalogue`);
  expect(first.headers.get("content-encoding")).toBe("gzip");
  const etag = first.headers.get("etag") ?? "";
  await first.arrayBuffer();
  const again = await fetch(`${url}/api/v1/metrics-catalogue`, { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
  const problem = await fetch(`${url}/api/v1/fleet?limit=0`);
  expect(problem.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
});

test("the OpenAPI document describes each path with its parameters", async ({ fleet }) => {
  const document = (await (await fetch(`${fleet.dashboard.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, { get: { parameters: { name: string }[] } }>;
  };
  expect(document.paths["/api/v1/series"]?.get.parameters.map((parameter) => parameter.name)).toEqual(
    expect.arrayContaining(["metric", "node", "pool", "from", "to", "points", "aggregate"]),
  );
  expect(document.paths["/api/v1/nodes/{node}"]?.get.parameters.map((parameter) => parameter.name)).toEqual([
    "node",
  ]);
});

test("the event stream sends hello, then changes, and ends when the reader disconnects", async ({
  fleet,
}) => {
  const abort = new AbortController();
  const response = await fetch(`${fleet.dashboard.url}/api/v1/events`, { signal: abort.signal });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  let text = "";
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (/event: nodes\n/.test(text) && /event: fleet\n/.test(text)) break;
  }
  abort.abort();
  expect(text).toMatch(/^event: hello\ndata: \{"atMs":\d+,"pollIntervalMs":1000\}/);
});

test("no password of a node is in anything that is served or logged", async ({ fleet }) => {
  const { url } = fleet.dashboard;
  const password = fleet.servers.sasl.endpoint.credentials?.password ?? "";
  expect(password).not.toBe("");
  const forms = [
    password,
    encodeURIComponent(password),
    Buffer.from(password).toString("base64"),
    Buffer.from(password).toString("hex"),
  ];
  const ids = [fleet.servers.sasl, fleet.servers.authfile].map((server) =>
    encodeURIComponent(server.endpoint.id),
  );
  const groups = ["general", "settings", "items", "slabs", "conns"];
  const paths = [
    "/",
    "/api/v1/fleet",
    "/api/v1/openapi.json",
    ...ids.flatMap((id) => [
      `/nodes/${id}`,
      `/api/v1/nodes/${id}`,
      ...groups.map((group) => `/api/v1/nodes/${id}/stats/${group}`),
    ]),
  ];
  const served = await Promise.all(paths.map(async (path) => (await fetch(`${url}${path}`)).text()));
  for (const text of [...served, fleet.dashboard.output()]) {
    for (const form of forms) expect(text.includes(form)).toBe(false);
  }
});
