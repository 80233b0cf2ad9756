import { describe, expect, test } from "vitest";
import { type HostRules, isAllowedHost, isHostEntry } from "./allowed-hosts";

const LOCAL: HostRules = { listen: { host: "127.0.0.1", port: 3000 }, publicUrl: null, allowedHosts: [] };
const PUBLIC: HostRules = {
  listen: { host: "127.0.0.1", port: 3000 },
  publicUrl: "https://memfleet.example.net",
  allowedHosts: ["pod-1", "memfleet.internal:8080", "10.1.2.3", "[fd00::9]:3000"],
};

describe("isAllowedHost", () => {
  test.each([
    "localhost",
    "localhost:3000",
    "LOCALHOST:3000",
    "localhost:8080",
    "127.0.0.1",
    "127.0.0.1:3000",
    "127.0.0.1:1",
    "127.1.2.3:3000",
    "127.255.255.254",
    "[::1]",
    "[::1]:3000",
    "[0:0:0:0:0:0:0:1]:3000",
  ])("answers %s, because only this machine can mean itself by it", (host) => {
    expect(isAllowedHost(host, LOCAL)).toBe(true);
  });

  test.each([
    null,
    "",
    " ",
    ":3000",
    "evil.test",
    "evil.test:3000",
    "localhost.evil.test",
    "evil.localhost",
    "localhost.",
    "localhost.:3000",
    "127.0.0.1.",
    "127.0.0.1.evil.test",
    "127.0.0.1.nip.io",
    "evil.test@localhost",
    "localhost@evil.test",
    "user:pass@127.0.0.1",
    "localhost:3000@evil.test",
    "localhost, evil.test",
    "localhost evil.test",
    "localhost\tevil.test",
    "localhost/evil.test",
    "localhost#",
    "localhost:",
    "localhost:0",
    "localhost:65536",
    "localhost:3000:3000",
    "localhost:3000x",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.0.0.01",
    "127.0.0.1%eth0",
    "128.0.0.1",
    "126.255.255.255",
    "0.0.0.0:3000",
    "::1",
    "::1:3000",
    "[::1",
    "[::1]x",
    "[::1%lo]:3000",
    "[::1%25lo]",
    "[::]",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "[fe80::1%eth0]",
    "[localhost]",
    "[127.0.0.1]",
    "ｌocalhost",
    "http://localhost",
    "*",
  ])("does not answer %j", (host) => {
    expect(isAllowedHost(host, LOCAL)).toBe(false);
  });

  test.each([
    "memfleet.example.net",
    "MEMFLEET.example.net",
    "memfleet.example.net:443",
    "memfleet.example.net:8443",
    "pod-1",
    "POD-1:3000",
    "memfleet.internal:8080",
    "10.1.2.3:3000",
    "[fd00::9]:3000",
    "[FD00:0::9]:3000",
    "localhost:3000",
  ])("answers %s when publicUrl or allowedHosts name it", (host) => {
    expect(isAllowedHost(host, PUBLIC)).toBe(true);
  });

  test.each([
    "memfleet.example.net.",
    "memfleet.example.net.evil.test",
    "evil-memfleet.example.net",
    "example.net",
    "pod-10",
    "memfleet.internal",
    "memfleet.internal:8081",
    "10.1.2.4",
    "[fd00::9]",
    "[fd00::9]:3001",
  ])("does not answer %s, which they do not name", (host) => {
    expect(isAllowedHost(host, PUBLIC)).toBe(false);
  });

  test("answers the literal listen address on any port", () => {
    const rules = { ...LOCAL, listen: { host: "192.0.2.7", port: 3000 } };
    expect(isAllowedHost("192.0.2.7:3000", rules)).toBe(true);
    expect(isAllowedHost("192.0.2.8:3000", rules)).toBe(false);
  });
});

describe("isAllowedHost with networks, suffixes and the address of the connection", () => {
  const rules: HostRules = {
    ...LOCAL,
    listen: { host: "0.0.0.0", port: 3000 },
    allowedHosts: ["10.1.0.0/16", "fd00:1::/32", "*.cache.svc", "*.example.net:8080"],
  };

  test.each([
    ["10.1.255.9", "an address in the network"],
    ["10.1.0.1:9000", "a network names no port"],
    ["[fd00:1::5]:3000", "an IPv6 address in the network"],
    ["[::ffff:10.1.0.1]", "IPv4 written as IPv6"],
    ["memfleet.cache.svc", "a name below the suffix"],
    ["A.B.CACHE.svc:3000", "several names below it, in any case"],
    ["memfleet.example.net:8080", "a name below a suffix with its port"],
  ])("answers %s: %s", (host) => {
    expect(isAllowedHost(host, rules)).toBe(true);
  });

  test.each([
    ["10.2.0.1", "an address beyond the network"],
    ["[fd00:2::5]", "an IPv6 address beyond the network"],
    ["10.1.0.1.nip.io", "a name that contains an address"],
    ["cache.svc", "the suffix itself"],
    ["evilcache.svc", "another name that ends alike"],
    ["memfleet.cache.svc.evil.test", "a name below another one"],
    ["memfleet.example.net", "a suffix without its port"],
    ["0.0.0.0.cache.svc@evil.test", "a name behind user info"],
  ])("refuses %s: %s", (host) => {
    expect(isAllowedHost(host, rules)).toBe(false);
  });

  test("answers the literal address at which the connection arrived, and no other", () => {
    expect(isAllowedHost("10.42.0.7:3000", rules, "10.42.0.7")).toBe(true);
    expect(isAllowedHost("10.42.0.7", rules, "::ffff:10.42.0.7")).toBe(true);
    expect(isAllowedHost("[fd00:9::1]:3000", rules, "fd00:9:0:0::1")).toBe(true);
    expect(isAllowedHost("10.42.0.8", rules, "10.42.0.7")).toBe(false);
    expect(isAllowedHost("10.42.0.7.nip.io", rules, "10.42.0.7")).toBe(false);
    expect(isAllowedHost("evil.test", rules, "10.42.0.7")).toBe(false);
  });

  test.each(["*", "*.", "*evil.test", "a.*.test", "*.10.0.0.1", "10.0.0.0/33", "10.0.0.0/", "fd00::/129"])(
    "%s is no entry of allowedHosts",
    (entry) => {
      expect(isHostEntry(entry)).toBe(false);
    },
  );
});
