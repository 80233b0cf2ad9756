import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnvironment } from "./environment";
import { readConfiguration } from "./load";

const EXAMPLE = readFileSync("docs/memfleet.example.yaml", "utf8");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-example-"));
  writeFileSync(join(folder, "password"), "secret\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  writeFileSync(join(folder, "memfleet.yaml"), text);
  return readConfiguration(readEnvironment({ MEMFLEET_CWD: folder }));
}

test("the example configuration is accepted, and its defaults are correct", () => {
  const example = read(EXAMPLE).configuration;
  const empty = read("").configuration;
  expect(example).toMatchObject({ ...empty, pools: expect.anything(), nodes: expect.anything() });
  expect(example?.nodes).toHaveLength(7);
});

test.each(["publicUrl:", "auth: { sasl:", "auth: { ascii:"])(
  "its commented line %s … is accepted",
  (start) => {
    expect(EXAMPLE).toContain(`# ${start}`);
    const text = EXAMPLE.replace(`# ${start}`, start).replaceAll(
      "/run/secrets/memcached",
      join(folder, "password"),
    );
    expect(read(text).problems).toEqual([]);
  },
);

test("its commented section auth is accepted, and scope and claim are the defaults", () => {
  const [before = "", after = ""] = EXAMPLE.split("\n# auth:\n");
  const section = after
    .replaceAll(/^# /gm, "")
    .replaceAll("/run/secrets/memcached", join(folder, "password"));
  const { configuration, problems } = read(`${before}\nauth:\n${section}`);
  expect(problems).toEqual([]);
  expect(configuration?.auth).toMatchObject({
    users: [{ name: "alice" }],
    oidc: { scope: "openid profile email", roleClaim: "groups", clientSecret: "secret" },
    trustedProxies: ["10.0.0.0/8"],
  });
});

test("its commented list discover is accepted, and its defaults are correct", () => {
  const text = EXAMPLE.replaceAll(/^ {4}# (discover:| {2}[-#].*)$/gm, "    $1").replaceAll(
    "/run/secrets/memcached",
    join(folder, "password"),
  );
  const { configuration, problems } = read(text);
  expect(problems).toEqual([]);
  const sources = configuration?.discovery[0]?.sources;
  expect(sources?.map(({ kind }) => kind)).toEqual(["fileSd", "httpSd", "dns", "dns", "elasticache"]);
  expect(read(text.replaceAll(/, refresh: \d+s/g, "")).configuration?.discovery).toEqual(
    configuration?.discovery,
  );
});

test("its commented history and shard are accepted, and their defaults are correct", () => {
  const [before = "", after = ""] = EXAMPLE.split("\n# history:\n");
  const [section = "", rest = ""] = after.split("\n\n", 2);
  const lines = section
    .replaceAll(/^# /gm, "")
    .replaceAll("/run/secrets/memcached", join(folder, "password"));
  const embedded = /^history:\n(?: .*\n)+/m;
  const { configuration, problems } = read(`${before.replace(embedded, "")}\nhistory:\n${lines}\n${rest}`);
  expect(problems).toEqual([]);
  expect(configuration?.shard).toEqual({ index: 0, count: 3 });
  expect(configuration?.history.prometheus).toMatchObject({
    headers: { "X-Scope-OrgID": "team", authorization: "Bearer secret" },
    externalLabels: { cluster: "tokyo" },
  });
  const bare = "history: { engine: prometheus, prometheus: { queryUrl: http://prometheus:9090 } }";
  const { timeoutMs, buffer } = read(bare).configuration?.history.prometheus ?? {};
  expect(configuration?.history.prometheus).toMatchObject({ timeoutMs, buffer });
});

test("its commented TLS line lacks nothing but the files it names", () => {
  const problems = read(EXAMPLE.replace("# tls: { caFile", "tls: { caFile")).problems;
  expect(problems.map((problem) => problem.path)).toEqual([
    "pools[1].tls.caFile",
    "pools[1].tls.certFile",
    "pools[1].tls.keyFile",
  ]);
  for (const { found } of problems) expect(found).toContain("no such file");
});
