import { describe, expect, test } from "vitest";
import { readEnvironment } from "./environment";

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
