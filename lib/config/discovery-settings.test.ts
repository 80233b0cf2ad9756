import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEnvironment } from "./environment";
import { readConfiguration } from "./load";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-discover-"));
  writeFileSync(join(folder, "token"), "t0ken\n");
  writeFileSync(join(folder, "lines"), "two\nlines\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(entry: string, more = "") {
  writeFileSync(
    join(folder, "memfleet.yaml"),
    `pools:\n  - name: p\n    discover:\n      - ${entry}\n${more}`,
  );
  return readConfiguration(readEnvironment({ MEMFLEET_CWD: folder }));
}

const sourceOf = (entry: string, more = "") => read(entry, more).configuration?.discovery[0]?.sources[0];

describe("a pool's sources", () => {
  it("are files, relative to the configuration file", () => {
    expect(sourceOf('{ fileSd: ["targets/*.json", /srv/more.yml] }')).toEqual({
      kind: "fileSd",
      name: "fileSd targets/*.json /srv/more.yml",
      patterns: [join(folder, "targets/*.json"), "/srv/more.yml"],
    });
  });

  it("are URLs, shown without their secret parts", () => {
    const entry =
      '{ httpSd: "http://inventory/memcached?key=s3cret", headers: { X-Scope: a }, bearerTokenFile: token }';
    expect(sourceOf(entry)).toEqual({
      kind: "httpSd",
      name: "httpSd http://inventory/memcached",
      url: "http://inventory/memcached?key=s3cret",
      headers: { "X-Scope": "a", authorization: "Bearer t0ken" },
      refreshMs: 60_000,
    });
  });

  it("are DNS names, with the defaults of their type", () => {
    expect(sourceOf("{ dns: _memcached._tcp.Cache.svc, type: SRV }")).toMatchObject({
      kind: "dns",
      name: "dns _memcached._tcp.cache.svc SRV",
      domain: "_memcached._tcp.cache.svc",
      resolvers: [],
      refreshMs: 30_000,
    });
    const entry =
      '{ dns: cache.test, type: A, port: 11212, resolvers: [10.0.0.2, "[fd00::2]:5353"], refresh: 2m }';
    expect(sourceOf(entry)).toMatchObject({
      type: "A",
      port: 11212,
      resolvers: ["10.0.0.2:53", "[fd00::2]:5353"],
      refreshMs: 120_000,
    });
    expect(sourceOf("{ dns: cache.test, type: AAAA }")).toMatchObject({ port: 11211 });
  });

  it("are ElastiCache endpoints, read over the pool's TLS", () => {
    const tls = sourceOf("{ elasticache: s.cfg.cache.amazonaws.com, refresh: 10s }", "    tls: {}\n");
    expect(tls).toEqual({
      kind: "elasticache",
      name: "elasticache s.cfg.cache.amazonaws.com:11211",
      address: { kind: "tcp", host: "s.cfg.cache.amazonaws.com", port: 11211 },
      tls: expect.objectContaining({ insecureSkipVerify: false }),
      refreshMs: 10_000,
    });
    expect(sourceOf("{ elasticache: a:1 }")).toMatchObject({ tls: null });
  });

  it("give their nodes the pool's protocol, sign-in and TLS", () => {
    const more = "    protocol: binary\n    auth: { sasl: { username: ops, password: s3cret } }\n";
    expect(read("{ dns: cache.test, type: A }", more).configuration?.discovery).toMatchObject([
      {
        pool: "p",
        access: { protocol: "binary", credentials: { kind: "sasl", username: "ops" }, tls: null },
      },
    ]);
  });

  const ONE_OF = "a mapping with exactly one of fileSd, httpSd, dns, elasticache";
  it.each([
    ["{}", "", "a mapping", ONE_OF],
    ["10.0.0.1", "", '"10.0.0.1"', ONE_OF],
    ["{ fileSD: [a.json] }", "", "a mapping", ONE_OF],
    ["{ dns: a.test, type: A, fileSd: [a.json] }", ".dns", '"a.test"', `${ONE_OF}, not together with fileSd`],
    ["{ fileSd: a.json }", ".fileSd", '"a.json"', "a list of 1 to 100 paths"],
    ["{ fileSd: [] }", ".fileSd", "a list", "a list of 1 to 100 paths"],
    ['{ fileSd: ["*/a.json"] }', ".fileSd[0]", '"*/a.json"', "paths that end in .json"],
    ["{ fileSd: [targets.txt] }", ".fileSd[0]", '"targets.txt"', "paths that end in .json"],
    ["{ fileSd: [a.json], refresh: 5s }", ".refresh", "an unknown key", "one of the keys fileSd"],
    ["{ httpSd: ftp://a/ }", ".httpSd", '"ftp://a/"', "an http or https address"],
    ["{ httpSd: inventory }", ".httpSd", '"inventory"', "an http or https address"],
    ['{ httpSd: "http://ops:s3cret@a/" }', ".httpSd", "text with an @ (hidden)", "without a user name"],
    [
      '{ httpSd: "http://a/?k=s3cret#x" }',
      ".httpSd",
      "an address with a query (hidden)",
      "without a user name",
    ],
    ["{ httpSd: http://a/, refresh: 1s }", ".refresh", '"1s"', "a duration from 5s to 1h"],
    ["{ httpSd: http://a/, refresh: 60 }", ".refresh", "60", "a duration from 5s to 1h"],
    [
      "{ httpSd: http://a/, headers: { Host: b } }",
      ".headers.(hidden)",
      "this key",
      "a valid request header name",
    ],
    [
      '{ httpSd: http://a/, headers: { "a b": b } }',
      ".headers.(hidden)",
      "this key",
      "a valid request header name",
    ],
    ["{ httpSd: http://a/, headers: { x: 4711 } }", ".headers.(hidden)", "a hidden value", "printable ASCII"],
    [
      '{ httpSd: http://a/, headers: { x: "s3cret\\n" } }',
      ".headers.(hidden)",
      "a hidden value",
      "printable ASCII",
    ],
    ["{ httpSd: http://a/, bearerToken: 4711 }", ".bearerToken", "a hidden value", "text"],
    ['{ httpSd: http://a/, bearerToken: "s3cret s3cret" }', ".bearerToken", "other text", "one line"],
    ["{ httpSd: http://a/, bearerTokenFile: lines }", ".bearerTokenFile", "other text", "one line"],
    ["{ httpSd: http://a/, bearerTokenFile: gone }", ".bearerTokenFile", "no such file", "a readable file"],
    [
      "{ httpSd: http://a/, bearerTokenFile: token, bearerToken: s3cret }",
      ".bearerTokenFile",
      "both",
      "one of them",
    ],
    [
      "{ httpSd: http://a/, bearerToken: s3cret, headers: { Authorization: s3cret } }",
      ".bearerToken",
      "an Authorization header and bearerToken",
      "one of them",
    ],
    ["{ dns: cache.test }", ".type", "nothing", "one of SRV, A, AAAA"],
    ["{ dns: cache.test, type: TXT }", ".type", '"TXT"', "one of SRV, A, AAAA"],
    ["{ dns: 10.0.0.1, type: A }", ".dns", '"10.0.0.1"', "a full host or service name"],
    ["{ dns: cache.test, type: SRV, port: 11211 }", ".port", "11211", "no port with type SRV"],
    ["{ dns: cache.test, type: A, port: 0 }", ".port", "0", "a port from 1 to 65535"],
    ["{ dns: cache.test, type: A, resolvers: [ns.test] }", ".resolvers[0]", '"ns.test"', "a name server"],
    ["{ dns: cache.test, type: A, resolvers: [10.2] }", ".resolvers[0]", "10.2", "a name server"],
    [
      '{ dns: cache.test, type: A, resolvers: ["10.0.0.2:0"] }',
      ".resolvers[0]",
      '"10.0.0.2:0"',
      "a name server",
    ],
    ["{ dns: cache.test, type: A, resolvers: [] }", ".resolvers", "a list", "a list of 1 to 8"],
    ["{ elasticache: unix:/run/m.sock }", ".elasticache", '"unix:/run/m.sock"', "the configuration endpoint"],
    ["{ elasticache: 169.254.169.254 }", ".elasticache", '"169.254.169.254"', "the address of a single host"],
    ["{ elasticache: a:0 }", ".elasticache", '"a:0"', "a port from 1 to 65535"],
  ])("written as %s are refused", (entry, path, found, allowed) => {
    const { configuration, problems } = read(entry);
    expect(configuration).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: join(folder, "memfleet.yaml"), line: 4 });
    expect(problems[0]?.path).toBe(`pools[0].discover[0]${path}`);
    expect(problems[0]?.found).toContain(found);
    expect(problems[0]?.allowed).toContain(allowed);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });

  it("are a list of bounded length", () => {
    writeFileSync(join(folder, "memfleet.yaml"), "pools: [{ name: p, discover: { dns: a.test } }]\n");
    const { problems } = readConfiguration(readEnvironment({ MEMFLEET_CWD: folder }));
    expect(problems).toMatchObject([{ path: "pools[0].discover", found: "a mapping" }]);
  });
});
