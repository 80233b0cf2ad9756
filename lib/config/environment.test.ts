import { describe, expect, test } from "vitest";
import { readEnvironment, SCALAR_VARIABLES } from "./environment";

describe("readEnvironment", () => {
  test("finds memfleet.yaml in the launcher's working directory", () => {
    const environment = readEnvironment({ MEMFLEET_CWD: "/srv/caller" });
    expect(environment.configFile).toBe("/srv/caller/memfleet.yaml");
    expect(environment.configFileNamed).toBe(false);
  });

  test("resolves MEMFLEET_CONFIG against that folder and leaves absolute paths alone", () => {
    const relative = readEnvironment({ MEMFLEET_CWD: "/srv/caller", MEMFLEET_CONFIG: "etc/m.yaml" });
    expect(relative.configFile).toBe("/srv/caller/etc/m.yaml");
    expect(relative.configFileNamed).toBe(true);
    expect(readEnvironment({ MEMFLEET_CONFIG: "/etc/m.yaml" }).configFile).toBe("/etc/m.yaml");
  });

  test("treats an empty variable as not set", () => {
    const environment = readEnvironment({ MEMFLEET_LISTEN: "", MEMCACHED_SERVERS: "", MEMFLEET_CONFIG: "" });
    expect(environment.scalars).toEqual({});
    expect(environment.servers).toBeNull();
    expect(environment.configFileNamed).toBe(false);
  });

  test("prefers MEMCACHED_SERVERS, then MEMCACHIER, then MEMCACHE", () => {
    const all = { MEMCACHED_SERVERS: "a", MEMCACHIER_SERVERS: "b", MEMCACHE_SERVERS: "c" };
    expect(readEnvironment(all).servers?.value).toBe("a");
    expect(readEnvironment({ ...all, MEMCACHED_SERVERS: undefined }).servers?.value).toBe("b");
    expect(readEnvironment({ MEMCACHE_SERVERS: "c" }).servers?.value).toBe("c");
  });

  test("never joins one prefix's password to another prefix's servers", () => {
    const secrets = { MEMCACHIER_USERNAME: "u", MEMCACHIER_PASSWORD: "canary" };
    expect(JSON.stringify(readEnvironment({ MEMCACHED_SERVERS: "a", ...secrets }))).not.toContain("canary");
    expect(JSON.stringify(readEnvironment({ MEMCACHE_SERVERS: "a", ...secrets }))).not.toContain("canary");
    expect(readEnvironment({ MEMCACHIER_SERVERS: "a", ...secrets }).servers?.password).toBe("canary");
  });
});

describe("an unknown MEMFLEET variable", () => {
  const problemsOf = (variables: Record<string, string>) => readEnvironment(variables).problems;

  test.each([
    ["MEMFLEET_LISTN", "MEMFLEET_LISTEN"],
    ["MEMFLEET_PORT", "MEMFLEET_LISTEN"],
    ["MEMFLEET_SERVERS", "MEMCACHED_SERVERS"],
    ["MEMFLEET_POLL_INTERVALL", "MEMFLEET_POLL_INTERVAL"],
    ["MEMFLEET_READONLY", "MEMFLEET_READ_ONLY"],
    ["MEMFLEET_DATADIR", "MEMFLEET_DATA_DIR"],
    ["MEMFLEET_CONFIGURATION", "MEMFLEET_CONFIG"],
  ])("%s is refused with the nearest name", (name, nearest) => {
    const problems = problemsOf({ [name]: "canary" });
    expect(problems).toMatchObject([
      { path: name, found: "an unknown variable", allowed: expect.stringContaining(nearest) },
    ]);
    expect(JSON.stringify(problems)).not.toContain("canary");
  });

  test("is none that Memfleet reads, an empty one, or one of others", () => {
    const known = Object.fromEntries(Object.keys(SCALAR_VARIABLES).map((name) => [name, "x"]));
    const others = { MEMFLEET_LISTN: "", MEMFLEETX: "1", MEMCACHED_LISTEN: "1", MEMFLEET_CWD: "/" };
    expect(problemsOf({ ...known, ...others })).toEqual([]);
  });

  test("is none that Kubernetes adds to pods for a service called memfleet", () => {
    const links = {
      MEMFLEET_SERVICE_HOST: "10.96.0.7",
      MEMFLEET_SERVICE_PORT: "3000",
      MEMFLEET_SERVICE_PORT_HTTP: "3000",
      MEMFLEET_PORT: "tcp://10.96.0.7:3000",
      MEMFLEET_PORT_3000_TCP: "tcp://10.96.0.7:3000",
      MEMFLEET_PORT_3000_TCP_PROTO: "tcp",
      MEMFLEET_PORT_3000_TCP_PORT: "3000",
      MEMFLEET_PORT_3000_TCP_ADDR: "10.96.0.7",
      MEMFLEET_METRICS_SERVICE_HOST: "10.96.0.8",
      MEMFLEET_METRICS_PORT: "tcp://10.96.0.8:3000",
    };
    expect(problemsOf(links)).toEqual([]);
  });
});
