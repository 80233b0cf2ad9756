import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigurationError, type ConfigurationProblem } from "@/lib/model/errors";
import type { Configuration } from "./contract";
import { type Environment, readEnvironment } from "./environment";
import { readConfiguration } from "./load";

function loadConfiguration(environment: Environment): Configuration {
  const { configuration, problems } = readConfiguration(environment);
  if (configuration === null) throw new ConfigurationError(problems);
  return configuration;
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-configuration-"));
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  for (const name of ["one", "two"]) {
    const subject = ["-subj", `/CN=${name}`, "-days", "2", "-nodes"];
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", `${name}.key`];
    openssl("req", "-x509", ...key, "-out", `${name}.pem`, ...subject);
  }
  writeFileSync(join(folder, "password"), "s3cret:@,\n");
  writeFileSync(join(folder, "empty"), "\n");
  mkdirSync(join(folder, "directory"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(yaml: string | null, variables: Record<string, string> = {}) {
  const file = join(folder, "memfleet.yaml");
  rmSync(file, { force: true });
  if (yaml !== null) writeFileSync(file, yaml);
  return loadConfiguration(readEnvironment({ MEMFLEET_CWD: folder, ...variables }));
}

function problemsOf(
  yaml: string | null,
  variables: Record<string, string> = {},
): readonly ConfigurationProblem[] {
  try {
    load(yaml, variables);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe("a valid configuration", () => {
  test("no file and no environment: no node, safe defaults", () => {
    expect(load(null)).toEqual({
      file: null,
      ignoredServers: null,
      listen: { host: "127.0.0.1", port: 3000 },
      publicUrl: null,
      allowedHosts: [],
      dataDir: join(folder, "data"),
      readOnly: false,
      poll: { intervalMs: 10_000, timeoutMs: 2_000, connectTimeoutMs: 1_000, concurrency: 200 },
      history: { rawMs: 86_400_000, rollupMs: 7_776_000_000, prometheus: null },
      shard: null,
      probes: { udp: true, scheduleMs: null },
      pools: [],
      nodes: [],
      discovery: [],
      auth: { users: [], tokens: [], oidc: null, trustedProxies: [], proxyHeader: null },
    });
  });

  test.each(["", "# nothing\n", "{}", "pools: []"])("a file with %j is an empty configuration", (yaml) => {
    expect(load(yaml).nodes).toEqual([]);
    expect(load(yaml).file).toBe(join(folder, "memfleet.yaml"));
  });

  test("a complete file: every setting is parsed, secrets and certificates are read", () => {
    const configuration = load(`
listen: "[::1]:4000"
publicUrl: https://memfleet.example.net/
allowedHosts: [Pod-1, "10.0.0.9:3000"]
dataDir: ./state
readOnly: true
poll: { interval: 5s, timeout: 900ms, connectTimeout: 400ms, concurrency: 50 }
history: { engine: embedded, retention: { raw: 2h, rollup: 30d } }
probes: { udp: false, schedule: 6h }
pools:
  - name: sessions
    labels: { env: production, dc: tyo1 }
    hashing: modulo
    servers: ["10.0.0.11:11211", "[fd00::5]:11211", "unix:/run/m.sock", cache-1]
    auth: { sasl: { username: ops, passwordFile: password } }
  - name: pages
    servers: ["10.0.0.12"]
    protocol: text
    auth: { ascii: { username: web, password: inline } }
    tls: { caFile: one.pem, certFile: one.pem, keyFile: one.key, servername: cache.test }
`);
    expect(configuration).toMatchObject({
      listen: { host: "::1", port: 4000 },
      publicUrl: "https://memfleet.example.net",
      allowedHosts: ["pod-1", "10.0.0.9:3000"],
      dataDir: join(folder, "state"),
      readOnly: true,
      poll: { intervalMs: 5_000, timeoutMs: 900, connectTimeoutMs: 400, concurrency: 50 },
      history: { rawMs: 7_200_000, rollupMs: 2_592_000_000 },
      probes: { udp: false, scheduleMs: 21_600_000 },
      pools: [
        { name: "sessions", labels: { env: "production", dc: "tyo1" }, hashing: "modulo" },
        { name: "pages", labels: {}, hashing: "ketama" },
      ],
    });
    expect(configuration.nodes.map((node) => node.id)).toEqual([
      "10.0.0.11:11211",
      "[fd00::5]:11211",
      "unix:/run/m.sock",
      "cache-1:11211",
      "10.0.0.12:11211",
    ]);
    expect(configuration.nodes[0]?.endpoint.credentials).toEqual({
      kind: "sasl",
      username: "ops",
      password: "s3cret:@,",
    });
    const page = configuration.nodes[4]?.endpoint;
    expect(page?.credentials).toEqual({ kind: "ascii", username: "web", password: "inline" });
    expect(page?.protocol).toBe("text");
    expect(page?.tls?.ca).toContain("BEGIN CERTIFICATE");
    expect(page?.tls?.key).toContain("PRIVATE KEY");
    expect(page?.tls).toMatchObject({ servername: "cache.test", insecureSkipVerify: false });
  });

  test("a node may have its own sign-in, TLS and protocol; the others keep the pool's", () => {
    const { nodes } = load(`
pools:
  - name: mixed
    auth: { ascii: { username: web, password: shared } }
    servers:
      - a
      - { address: "b:11212", auth: { sasl: { username: ops, passwordFile: password } } }
      - address: c
        protocol: text
        tls: { caFile: one.pem }
`);
    expect(nodes.map(({ id, endpoint }) => [id, endpoint.protocol, endpoint.credentials?.kind])).toEqual([
      ["a:11211", "auto", "ascii"],
      ["b:11212", "auto", "sasl"],
      ["c:11211", "text", "ascii"],
    ]);
    expect(nodes.map(({ endpoint }) => endpoint.tls !== null)).toEqual([false, false, true]);
  });

  test("the environment wins over the file, and its relative paths belong to the caller's folder", () => {
    const yaml = "listen: 127.0.0.1:4000\ndataDir: /elsewhere\npoll: { interval: 30s, concurrency: 7 }\n";
    const configuration = load(yaml, {
      MEMFLEET_LISTEN: "127.0.0.2:5000",
      MEMFLEET_PUBLIC_URL: "http://localhost:5000",
      MEMFLEET_DATA_DIR: "here",
      MEMFLEET_READ_ONLY: "1",
      MEMFLEET_POLL_INTERVAL: "20s",
      MEMFLEET_POLL_TIMEOUT: "3s",
      MEMFLEET_POLL_CONNECT_TIMEOUT: "2s",
      MEMFLEET_HISTORY_RETENTION_RAW: "1h",
      MEMFLEET_HISTORY_RETENTION_ROLLUP: "2h",
      MEMFLEET_PROBES_UDP: "false",
      MEMFLEET_PROBES_SCHEDULE: "1d",
    });
    expect(configuration).toMatchObject({
      listen: { host: "127.0.0.2", port: 5000 },
      publicUrl: "http://localhost:5000",
      dataDir: join(folder, "here"),
      readOnly: true,
      poll: { intervalMs: 20_000, timeoutMs: 3_000, connectTimeoutMs: 2_000, concurrency: 7 },
      history: { rawMs: 3_600_000, rollupMs: 7_200_000 },
      probes: { udp: false, scheduleMs: 86_400_000 },
    });
  });

  test("timeouts that are not set shrink with a short interval", () => {
    expect(load("poll: { interval: 1s }").poll).toMatchObject({ timeoutMs: 1_000, connectTimeoutMs: 1_000 });
  });

  test("MEMCACHED_SERVERS lists nodes when there is no file, and beside a file without pools", () => {
    const variables = { MEMCACHED_SERVERS: "a:11211, b" };
    for (const yaml of [null, "", "poll: { interval: 5s }"]) {
      const { nodes, ignoredServers } = load(yaml, variables);
      expect(nodes.map((node) => node.id)).toEqual(["a:11211", "b:11211"]);
      expect(ignoredServers).toBeNull();
    }
    expect(load("poll: { interval: 5s }", variables).poll.intervalMs).toBe(5_000);
  });

  test("the pools of a file win over MEMCACHED_SERVERS, and the configuration says which variable is not used", () => {
    for (const yaml of ["pools: []", "pools: [{ name: p, servers: [c] }]"]) {
      const { nodes, ignoredServers } = load(yaml, { MEMCACHED_SERVERS: "a" });
      expect(nodes.map((node) => node.id)).not.toContain("a:11211");
      expect(ignoredServers).toBe("MEMCACHED_SERVERS");
    }
    expect(load("pools: []").ignoredServers).toBeNull();
  });

  test("weights and credentials of addresses reach their nodes, in a file and in the environment", () => {
    const list = ["10.0.0.1:11211:3", "memcached://ops:s%40c@10.0.0.2:11212", "10.0.0.3"];
    const yaml = `pools: [{ name: p, servers: ${JSON.stringify([...list, { address: "10.0.0.4", weight: 2 }])} }]`;
    const credentials = { kind: "sasl", username: "ops", password: "s@c" };
    expect(load(yaml).nodes).toMatchObject([
      { id: "10.0.0.1:11211", weight: 3, endpoint: { credentials: null } },
      { id: "10.0.0.2:11212", endpoint: { credentials } },
      { id: "10.0.0.3:11211" },
      { id: "10.0.0.4:11211", weight: 2 },
    ]);
    const { nodes, pools } = load(null, { MEMCACHED_SERVERS: list.join(",") });
    expect(nodes).toMatchObject([{ weight: 3 }, { endpoint: { credentials } }, { id: "10.0.0.3:11211" }]);
    expect(pools).toMatchObject([{ name: "default", hashing: "ketama" }]);
    expect(load(null, { MEMCACHED_SERVERS: "a,b" }).pools).toMatchObject([{ hashing: "modulo" }]);
  });

  test("MEMCACHIER credentials go to the MEMCACHIER servers", () => {
    const [node] = load(null, {
      MEMCACHIER_SERVERS: "mc1:11211",
      MEMCACHIER_USERNAME: "u",
      MEMCACHIER_PASSWORD: "p",
    }).nodes;
    expect(node?.pool).toBe("default");
    expect(node?.endpoint.credentials).toEqual({ kind: "sasl", username: "u", password: "p" });
  });
});

describe("errors have line, path, the value found and the allowed values", () => {
  const CASES: ReadonlyArray<
    readonly [name: string, yaml: string, line: number, path: string, found: string, allowed: RegExp]
  > = [
    ["an unknown key", "readOnly: true\nprobs: {}\n", 2, "probs", "an unknown key", /listen, publicUrl/],
    ["a key of later work", "alerts:\n  rules: []\n", 1, "alerts", "an unknown key", /pools/],
    [
      "an unknown key deep inside",
      "pools:\n  - name: a\n    tls:\n      cafile: x\n",
      4,
      "pools[0].tls.(hidden)",
      "an unknown key",
      /caFile/,
    ],
    ["a list in place of a mapping", "- a\n", 1, "", "a list", /a mapping with listen/],
    ["a wrong type", "readOnly: yes\n", 1, "readOnly", '"yes"', /true or false/],
    ["a number for an address", "listen: 3000\n", 1, "listen", "3000", /127\.0\.0\.1:3000/],
    ["a duration without unit", "poll:\n  interval: 10\n", 2, "poll.interval", "10", /duration/],
    ["a duration too short", "poll: { interval: 1ms }\n", 1, "poll.interval", '"1ms"', /from 1s to 1h/],
    [
      "a timeout longer than the interval",
      "poll:\n  timeout: 20s\n",
      2,
      "poll.timeout",
      "20000ms",
      /poll.interval/,
    ],
    ["a schedule too dense", "probes: { schedule: 5m }\n", 1, "probes.schedule", '"5m"', /off, or.* from 1h/],
    ["no whole number", "poll: { concurrency: 1.5 }\n", 1, "poll.concurrency", "1.5", /whole number/],
    [
      "an engine nobody knows",
      "history: { engine: influx }\n",
      1,
      "history.engine",
      '"influx"',
      /embedded, prometheus/,
    ],
    ["a pool without a name", "pools:\n  - servers: [a]\n", 2, "pools[0].name", "nothing", /a name/],
    [
      "a label that is no text",
      "pools: [{ name: a, labels: { n: 1 } }]\n",
      1,
      "pools[0].labels.n",
      "1",
      /quotes/,
    ],
    [
      "a bad address",
      "pools:\n  - name: a\n    servers:\n      - ok:11211\n      - bad:70000\n",
      5,
      "pools[0].servers[1]",
      '"bad:70000"',
      /port from 1 to 65535/,
    ],
    [
      "a metadata address",
      "pools: [{ name: a, servers: [169.254.169.254] }]\n",
      1,
      "pools[0].servers[0]",
      '"169.254.169.254"',
      /link-local/,
    ],
    [
      "one node twice, written differently, in two pools",
      'pools:\n  - { name: a, servers: ["[fd00:0::5]:11211"] }\n  - { name: b, servers: ["[FD00::5]"] }\n',
      3,
      "pools[1].servers[0]",
      "[fd00::5]:11211, already in pool a",
      /one pool/,
    ],
    [
      "an unknown key of a node",
      "pools: [{ name: a, servers: [{ address: b, port: 1 }] }]\n",
      1,
      "pools[0].servers[0].port",
      "an unknown key",
      /address, weight, protocol, auth, tls/,
    ],
    [
      "a node without an address",
      "pools: [{ name: a, servers: [{ protocol: text }] }]\n",
      1,
      "pools[0].servers[0].address",
      "nothing",
      /address/,
    ],
    [
      "a node that is a number",
      "pools: [{ name: a, servers: [11211] }]\n",
      1,
      "pools[0].servers[0]",
      "11211",
      /address/,
    ],
    [
      "a node's own secret that is missing",
      "pools: [{ name: a, servers: [{ address: b, auth: { sasl: { username: u } } }] }]\n",
      1,
      "pools[0].servers[0].auth.sasl",
      "no password",
      /passwordFile/,
    ],
    [
      "a pool name twice",
      "pools:\n  - name: a\n  - name: a\n",
      3,
      "pools[1].name",
      '"a"',
      /unique pool name/,
    ],
    [
      "a password given twice",
      "pools:\n  - name: a\n    auth:\n      sasl: { username: u, password: p, passwordFile: password }\n",
      4,
      "pools[0].auth.sasl.passwordFile",
      "both password and passwordFile",
      /one of them/,
    ],
    [
      "no password",
      "pools: [{ name: a, auth: { sasl: { username: u } } }]\n",
      1,
      "pools[0].auth.sasl",
      "no password",
      /passwordFile/,
    ],
    ["both kinds of sign-in", twoSignIns(), 1, "pools[0].auth", "both sasl and ascii", /one of them/],
    [
      "an authfile over the binary protocol",
      "pools: [{ name: a, protocol: binary, auth: { ascii: { username: u, password: p } } }]\n",
      1,
      "pools[0].protocol",
      "binary with an authfile",
      /text or auto/,
    ],
    [
      "a certificate without a key",
      "pools: [{ name: a, tls: { certFile: one.pem } }]\n",
      1,
      "pools[0].tls.certFile",
      "a certificate without a key",
      /keyFile/,
    ],
    [
      "a key that does not match the certificate",
      "pools: [{ name: a, tls: { certFile: one.pem, keyFile: two.key } }]\n",
      1,
      "pools[0].tls.keyFile",
      "a key that does not match the certificate",
      /key of the certificate/,
    ],
    [
      "a certificate that is none",
      "pools: [{ name: a, tls: { caFile: password } }]\n",
      1,
      "pools[0].tls.caFile",
      "no readable certificate",
      /PEM/,
    ],
    [
      "broken PEM",
      'pools: [{ name: a, tls: { ca: "-----BEGIN CERTIFICATE-----AA-----END CERTIFICATE-----" } }]\n',
      1,
      "pools[0].tls.ca",
      "no readable certificate",
      /PEM/,
    ],
    [
      "an empty password file",
      "pools: [{ name: a, auth: { sasl: { username: u, passwordFile: empty } } }]\n",
      1,
      "pools[0].auth.sasl.passwordFile",
      "an empty password",
      /one line/,
    ],
    [
      "an address beyond loopback",
      "\nlisten: 0.0.0.0:3000\n",
      2,
      "listen",
      '"0.0.0.0:3000"',
      /configure `auth`.*ssh -L/,
    ],
    [
      "a public address with a path",
      "publicUrl: https://a.test/x\n",
      1,
      "publicUrl",
      '"https://a.test/x"',
      /without path/,
    ],
  ];
  function twoSignIns() {
    return "pools: [{ name: a, auth: { sasl: { username: u, password: p }, ascii: { username: u, password: p } } }]\n";
  }

  test.each(CASES)("%s", (_name, yaml, line, path, found, allowed) => {
    const [problem, ...others] = problemsOf(yaml);
    expect(others).toEqual([]);
    expect(problem).toEqual({
      file: join(folder, "memfleet.yaml"),
      line,
      path,
      found,
      allowed: expect.stringMatching(allowed),
    });
  });

  test.each([
    ["a tab as indentation", "poll:\n\tinterval: 1s\n", 2],
    ["a key twice", "readOnly: true\nreadOnly: false\n", 2],
    ["an open bracket", "allowedHosts: [a\n", 2],
    ["two documents", "readOnly: true\n---\nreadOnly: false\n", 2],
  ])("broken YAML: %s", (_name, yaml, line) => {
    const [problem] = problemsOf(yaml);
    expect(problem?.line).toBe(line);
    expect(problem?.found).toMatch(/^invalid YAML/);
  });

  test("an alias bomb is refused, not expanded", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let depth = 0; depth < 8; depth++) {
      const [before, name] = [String.fromCharCode(97 + depth), String.fromCharCode(98 + depth)];
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`);
    }
    expect(problemsOf(bomb.join("\n"))[0]?.found).toMatch(/^invalid YAML/);
  });

  test.each([
    ["missing", "no such file"],
    ["directory", "not a file"],
  ])("a secret file that cannot be read: %s", (name, reason) => {
    const yaml = `pools: [{ name: a, auth: { sasl: { username: u, passwordFile: ${name} } } }]\n`;
    const [problem] = problemsOf(yaml);
    expect(problem).toMatchObject({ line: 1, path: "pools[0].auth.sasl.passwordFile" });
    expect(problem?.found).toBe(`a file that can’t be read: ${reason}`);
  });

  test("all errors of a file are reported at once", () => {
    const problems = problemsOf(
      "readOnly: 1\npoll: { interval: soon }\npools: [{ name: a, servers: [''] }]\nx: 1\n",
    );
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      "poll.interval",
      "pools[0].servers[0]",
      "readOnly",
      "x",
    ]);
  });

  test("a label named like a prototype is refused or dropped, never set", () => {
    problemsOf('pools: [{ name: a, labels: { __proto__: { polluted: "yes" } } }]\n');
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  test.each([
    ["MEMFLEET_LISTEN", "0.0.0.0:3000", /loopback/],
    ["MEMFLEET_LISTEN", "[::]:3000", /loopback/],
    ["MEMFLEET_READ_ONLY", "maybe", /true or false/],
    ["MEMFLEET_POLL_INTERVAL", "10", /duration/],
    ["MEMFLEET_POLL_CONCURRENCY", "many", /whole number/],
    ["MEMFLEET_HISTORY_RETENTION_RAW", "5m", /from 1h to 30d/],
    ["MEMFLEET_PUBLIC_URL", "ftp://a.test", /http/],
    ["MEMFLEET_PROBES_UDP", "maybe", /true or false/],
    ["MEMFLEET_PROBES_SCHEDULE", "5m", /off, or a duration from 1h to 30d/],
    ["MEMCACHED_SERVERS", "a:11211,b:0", /port from 1 to 65535/],
  ])("%s=%s is refused by its own name", (variable, value, allowed) => {
    const [problem, ...others] = problemsOf(null, { [variable]: value });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ file: "environment", line: null, path: variable });
    expect(problem?.allowed).toMatch(allowed);
  });

  test("a file that MEMFLEET_CONFIG names must exist", () => {
    const [problem] = problemsOf(null, { MEMFLEET_CONFIG: "other.yaml" });
    expect(problem).toMatchObject({ file: join(folder, "other.yaml"), found: "no such file" });
  });

  test("a user name without a password in the environment is an error", () => {
    const [problem] = problemsOf(null, { MEMCACHIER_SERVERS: "a", MEMCACHIER_USERNAME: "u" });
    expect(problem).toMatchObject({ path: "MEMCACHIER_PASSWORD", found: "nothing" });
  });
});

describe("secrets", () => {
  test("no message repeats a password, key or address with a password in it", () => {
    const yaml = [
      "pools:",
      "  - name: a",
      "    servers: ['ops:canary@10.0.0.1']",
      "    auth: { sasl: { username: u, password: [canary] }, ascii: { username: 'u u', password: 'canary' } }",
      "    tls: { key: canary, cert: canary, ca: canary }",
    ].join("\n");
    const messages =
      JSON.stringify(problemsOf(yaml)) +
      JSON.stringify(problemsOf(yaml.replace(/^ {4}(servers|auth).*$/gm, "")));
    expect(messages).not.toContain("canary");
    expect(messages).toContain("servers[0]");
    expect(JSON.stringify(problemsOf(null, { MEMCACHED_SERVERS: "u:canary@a" }))).not.toContain("canary");
  });

  const CANARY = "c4nary-s3cret";
  const SECTIONS: readonly (readonly [section: string, yaml: (content: string) => string])[] = [
    ["auth", (content) => `auth: ${content}`],
    ["auth.users", (content) => `auth: { users: ${content} }`],
    ["a user", (content) => `auth: { users: [${content}] }`],
    ["passwordHash", (content) => `auth: { users: [{ name: a, role: viewer, passwordHash: ${content} }] }`],
    ["a token", (content) => `auth: { tokens: [{ name: a, role: viewer, hash: ${content} }] }`],
    ["auth.oidc", (content) => `auth: { oidc: ${content} }`],
    [
      "auth.oidc.issuer",
      (content) => `auth: { oidc: { issuer: ${content}, clientId: ${content}, roles: ${content} } }`,
    ],
    [
      "clientSecretFile",
      (content) =>
        `auth: { oidc: { issuer: "https://a", clientId: a, roles: { a: viewer }, clientSecretFile: ${content} } }`,
    ],
    [
      "auth.oidc.roles",
      (content) => `auth: { oidc: { issuer: "https://a", clientId: a, roles: { a: ${content} } } }`,
    ],
    ["auth.trustedProxies", (content) => `auth: { trustedProxies: [${content}] }`],
    ["auth.proxyHeader", (content) => `auth: { proxyHeader: ${content} }`],
    ["a pool’s auth", (content) => `pools: [{ name: a, auth: ${content} }]`],
    ["ascii", (content) => `pools: [{ name: a, auth: { ascii: ${content} } }]`],
    ["sasl", (content) => `pools: [{ name: a, auth: { sasl: ${content} } }]`],
    [
      "a server’s sasl",
      (content) => `pools: [{ name: a, servers: [{ address: b, auth: { sasl: ${content} } }] }]`,
    ],
    [
      "passwordFile",
      (content) => `pools: [{ name: a, auth: { sasl: { username: u, passwordFile: ${content} } } }]`,
    ],
    ["tls", (content) => `pools: [{ name: a, tls: ${content} }]`],
    ["tls.key", (content) => `pools: [{ name: a, tls: { key: ${content} } }]`],
    ["tls.caFile", (content) => `pools: [{ name: a, tls: { caFile: ${content} } }]`],
    [
      "headers",
      (content) => `pools: [{ name: a, discover: [{ httpSd: "http://a/", headers: ${content} }] }]`,
    ],
    [
      "a header",
      (content) => `pools: [{ name: a, discover: [{ httpSd: "http://a/", headers: { x: ${content} } }] }]`,
    ],
    [
      "bearerToken",
      (content) => `pools: [{ name: a, discover: [{ httpSd: "http://a/", bearerToken: ${content} }] }]`,
    ],
    [
      "bearerTokenFile",
      (content) =>
        `history: { engine: prometheus, prometheus: { queryUrl: "http://a", bearerTokenFile: ${content} } }`,
    ],
    [
      "history headers",
      (content) =>
        `history: { engine: prometheus, prometheus: { queryUrl: "http://a", headers: ${content} } }`,
    ],
  ];
  const CONTENTS = [
    `"ops:${CANARY}"`,
    `"${CANARY} \\x01"`,
    `[${CANARY}]`,
    `[[${CANARY}]]`,
    `{ ${CANARY}: 1 }`,
    `{ "ops:${CANARY}": [1] }`,
    `{ ${CANARY}: ${CANARY} }`,
    `{ x: { ${CANARY}: 1 } }`,
    `*${CANARY}`,
    `!${CANARY}`,
    `"\\q${CANARY}"`,
    `|${CANARY}`,
    `@${CANARY}`,
    `"${CANARY}`,
  ];

  test.each(SECTIONS)(
    "nothing found below a section of secrets is shown, as scalar, list or key: %s",
    (_, yaml) => {
      for (const content of CONTENTS) {
        const problems = problemsOf(`${yaml(content)}\n`);
        expect(JSON.stringify(problems), content).not.toContain(CANARY);
      }
      expect(problemsOf(`${yaml(`[[${CANARY}]]`)}\n`)).not.toEqual([]);
    },
  );

  test("a known key in such a section is still named, and an unknown one has its line", () => {
    expect(problemsOf(`pools:\n  - name: a\n    auth:\n      ascii: "ops:${CANARY}"\n`)).toMatchObject([
      { line: 4, path: "pools[0].auth.ascii", found: "a hidden value" },
    ]);
    expect(problemsOf(`pools:\n  - name: a\n    auth:\n      ${CANARY}: 1\n`)[0]).toMatchObject({
      line: 4,
      path: "pools[0].auth.(hidden)",
      found: "an unknown key",
    });
  });

  test("a number as a password is an error whose value is not shown", () => {
    const [problem] = problemsOf("pools: [{ name: a, auth: { sasl: { username: u, password: 123456 } } }]\n");
    expect(problem).toMatchObject({
      found: "a hidden value",
      allowed: "text; put it in quotes",
    });
  });

  test("a secret file is found through a link, relative to the configuration file", () => {
    rmSync(join(folder, "linked"), { force: true });
    symlinkSync("password", join(folder, "linked"));
    chmodSync(join(folder, "password"), 0o400);
    const yaml =
      "pools: [{ name: a, servers: [b], auth: { sasl: { username: u, passwordFile: ./linked } } }]\n";
    expect(load(yaml, { MEMFLEET_CONFIG: "memfleet.yaml" }).nodes[0]?.endpoint.credentials?.password).toBe(
      "s3cret:@,",
    );
  });
});
