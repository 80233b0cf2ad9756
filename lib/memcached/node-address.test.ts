import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import { parseNodeAddress } from "./node-address";

function idOf(text: string): string | null {
  const result = parseNodeAddress(text);
  return result.ok ? formatNodeAddress(result.address) : null;
}

describe("parseNodeAddress", () => {
  test.each([
    ["10.0.0.11:11211", "10.0.0.11:11211"],
    ["10.0.0.11", "10.0.0.11:11211"],
    ["127.0.0.1:1", "127.0.0.1:1"],
    ["Cache-1.Example.NET:21211", "cache-1.example.net:21211"],
    ["mem_cache", "mem_cache:11211"],
    ["localhost", "localhost:11211"],
    ["[fd00::5]:11212", "[fd00::5]:11212"],
    ["[FD00:0:0:0:0:0:0:5]", "[fd00::5]:11211"],
    ["[::1]", "[::1]:11211"],
    ["[::ffff:10.0.0.11]:11211", "10.0.0.11:11211"],
    ["unix:/run/memcached/m.sock", "unix:/run/memcached/m.sock"],
    ["unix:/run/with space", "unix:/run/with space"],
    ["memcached.default.svc.cluster.local.", "memcached.default.svc.cluster.local.:11211"],
  ])("reads %s as the node %s", (text, id) => {
    expect(idOf(text)).toBe(id);
  });

  test.each([
    "",
    ":11211",
    "10.0.0.11:",
    "10.0.0.11:0",
    "10.0.0.11:65536",
    "10.0.0.11:99999999999",
    "10.0.0.11:11211x",
    "10.0.0.11:-1",
    "10.0.0.256",
    "10.0.0",
    "10.0.0.011",
    "167772171",
    "0xa00000b",
    "0x7f.1",
    "cache.1",
    "fd00::5",
    "fd00::5:11211",
    "[fd00::5",
    "[cache-1]:11211",
    "[10.0.0.11]:11211",
    "[fe80::1%eth0]:11211",
    "[fd00::5%1]",
    "unix:",
    "unix:run/m.sock",
    "unix:/run/\u0000",
    `unix:/${"a".repeat(103)}`,
    "http://10.0.0.11:11211",
    "10.0.0.11:11211/",
    "user:secret@10.0.0.11:11211",
    " 10.0.0.11",
    "cache 1",
    "cache\n1",
    "-cache",
    "cache-",
    "a..b",
    "キャッシュ",
    "a".repeat(64),
  ])("refuses %j and names what is allowed", (text) => {
    const result = parseNodeAddress(text);
    expect(result.ok).toBe(false);
    expect(result.ok ? "" : result.allowed).not.toBe("");
  });

  test.each([
    "169.254.169.254",
    "169.254.0.1:11211",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]:80",
    "[::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::]",
    "[fe80::1]",
    "[febf::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "0.0.0.0:11211",
    "0.1.2.3",
    "[::]:11211",
    "[::ffff:0.0.0.0]",
    "224.0.0.1",
    "239.255.255.255",
    "[ff02::1]",
    "255.255.255.255",
    "[::ffff:255.255.255.255]",
  ])("never takes %s for a node, because it identifies no host of a fleet", (text) => {
    const result = parseNodeAddress(text);
    expect(result.ok ? "accepted" : result.allowed).toMatch(/single host/);
  });

  test("does not repeat a password that was written into an address", () => {
    expect(JSON.stringify(parseNodeAddress("ops:hunter2@10.0.0.11"))).not.toContain("hunter2");
  });

  test("reads back what it wrote for every address", () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const host = fc.oneof(fc.ipV4(), fc.domain(), fc.ipV6());
    fc.assert(
      fc.property(host, port, (name, number) => {
        const first = parseNodeAddress(name.includes(":") ? `[${name}]:${number}` : `${name}:${number}`);
        fc.pre(first.ok);
        if (!first.ok) return;
        expect(parseNodeAddress(formatNodeAddress(first.address))).toEqual(first);
      }),
      { numRuns: 500 },
    );
  });

  test("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const form of [text, `[${text}]:1`, `unix:${text}`]) parseNodeAddress(form);
      }),
    );
  });
});
