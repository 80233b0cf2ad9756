import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readEnvironment } from "./environment";
import { readConfiguration } from "./load";
import { isOwnNode, parseShard } from "./shard";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "memfleet-history-settings-"));
  writeFileSync(join(folder, "token"), "from-a-file\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(yaml: string, variables: Record<string, string> = {}) {
  writeFileSync(join(folder, "memfleet.yaml"), yaml);
  return readConfiguration(readEnvironment({ MEMFLEET_CWD: folder, ...variables }));
}
const problemsOf = (yaml: string, variables: Record<string, string> = {}) =>
  read(yaml, variables).problems.map(({ path, found, allowed }) => `${path}: ${found}; ${allowed}`);

describe("history on an existing engine", () => {
  test("every setting arrives, the token of a file included", () => {
    const { configuration, problems } = read(`
history:
  engine: prometheus
  prometheus:
    queryUrl: http://vmselect:8481/select/0/prometheus/
    writeUrl: http://vminsert:8480/insert/0/prometheus/api/v1/write
    headers: { X-Scope-OrgID: team }
    bearerTokenFile: token
    timeout: 3s
    buffer: { time: 5m, megabytes: 32 }
    externalLabels: { cluster: tokyo }
`);
    expect(problems).toEqual([]);
    expect(configuration?.history.prometheus).toEqual({
      queryUrl: "http://vmselect:8481/select/0/prometheus",
      writeUrl: "http://vminsert:8480/insert/0/prometheus/api/v1/write",
      headers: { "X-Scope-OrgID": "team", authorization: "Bearer from-a-file" },
      timeoutMs: 3_000,
      buffer: { ageMs: 300_000, bytes: 33_554_432 },
      externalLabels: { cluster: "tokyo" },
    });
  });

  test("without writeUrl nothing is written, and the other keys have defaults", () => {
    const { configuration } = read(
      "history: { engine: prometheus, prometheus: { queryUrl: http://prometheus:9090 } }",
    );
    expect(configuration?.history.prometheus).toEqual({
      queryUrl: "http://prometheus:9090",
      writeUrl: null,
      headers: {},
      timeoutMs: 10_000,
      buffer: { ageMs: 600_000, bytes: 67_108_864 },
      externalLabels: {},
    });
  });

  test("the environment alone is enough, and wins over the file", () => {
    const variables = {
      MEMFLEET_HISTORY_ENGINE: "prometheus",
      MEMFLEET_HISTORY_PROMETHEUS_QUERY_URL: "http://one:9090",
      MEMFLEET_HISTORY_PROMETHEUS_WRITE_URL: "http://one:9090/api/v1/write",
      MEMFLEET_HISTORY_PROMETHEUS_BEARER_TOKEN: "of-the-environment",
      MEMFLEET_SHARD: "1/3",
    };
    const yaml = "history: { prometheus: { queryUrl: http://two:9090, bearerTokenFile: token } }";
    for (const text of ["", yaml]) {
      const { configuration, problems } = read(text, variables);
      expect(problems).toEqual([]);
      expect(configuration?.history.prometheus).toMatchObject({
        queryUrl: "http://one:9090",
        writeUrl: "http://one:9090/api/v1/write",
        headers: { authorization: "Bearer of-the-environment" },
      });
      expect(configuration?.shard).toEqual({ index: 1, count: 3 });
    }
  });

  test("an address that is missing, or holds a password, is refused without showing the password", () => {
    expect(problemsOf("history: { engine: prometheus }")).toEqual([
      "history.prometheus.queryUrl: nothing; the address of the engine",
    ]);
    const [problem = ""] = problemsOf(
      'history: { engine: prometheus, prometheus: { queryUrl: "http://ops:canary@prometheus:9090" } }',
    );
    expect(problem).toContain("history.prometheus.queryUrl");
    expect(problem).not.toContain("canary");
  });

  test("keys of the other engine are refused instead of ignored", () => {
    expect(problemsOf("history: { prometheus: { queryUrl: http://prometheus:9090 } }")[0]).toContain(
      "history.engine",
    );
    const both = "engine: prometheus, retention: { raw: 2h }, prometheus: { queryUrl: http://p:9090 }";
    expect(problemsOf(`history: { ${both} }`)[0]).toContain("history.retention");
  });

  test("labels that Memfleet sets itself, or that begin with two underscores, are refused", () => {
    for (const name of ["instance", "stat", "__name__", "a-b"]) {
      const labels = `{ ${name}: x }`;
      const text = `{ engine: prometheus, prometheus: { queryUrl: http://p, externalLabels: ${labels} } }`;
      expect(problemsOf(`history: ${text}`)).toHaveLength(1);
    }
  });
});

describe("shards", () => {
  test("a shard without a shared history is refused", () => {
    expect(problemsOf("shard: 0/2")[0]).toContain("shard: 0/2 without a shared history");
    const reads = "history: { engine: prometheus, prometheus: { queryUrl: http://p:9090 } }";
    expect(problemsOf(`shard: 0/2\n${reads}`)).toHaveLength(1);
    expect(problemsOf("shard: 0/1")).toEqual([]);
  });

  test.each(["", "1", "3/3", "-1/3", "0/0", "0/1001", "a/b", "1/3/5"])("%j is no shard", (text) => {
    expect(parseShard(text)).toBeNull();
  });

  test("every node belongs to exactly one shard, and each has its share", () => {
    const ids = Array.from({ length: 3_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}:11211`);
    const shards = [0, 1, 2].map((index) => ({ index, count: 3 }));
    const owners = ids.map((id) => shards.filter((shard) => isOwnNode(id, shard)).length);
    expect(new Set(owners)).toEqual(new Set([1]));
    for (const shard of shards) {
      const own = ids.filter((id) => isOwnNode(id, shard)).length;
      // Five standard deviations of a fair distribution.
      expect(Math.abs(own - 1_000)).toBeLessThan(5 * Math.sqrt((3_000 * 2) / 9));
    }
  });

  test("a node stays with its shard from one version to the next", () => {
    // sha256sum of the id begins with b35794b2, which is 3008861362, and 3 modulo 7.
    const owner = [0, 1, 2, 3, 4, 5, 6].find((index) => isOwnNode("10.0.0.1:11211", { index, count: 7 }));
    expect(owner).toBe(3);
  });
});
