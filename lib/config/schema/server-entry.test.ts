import { describe, expect, test } from "vitest";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import { parseServerEntry, splitServerList } from "./server-entry";

const SASL = { kind: "sasl", username: "ops", password: "s3cret" };

describe("an entry of a server list", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1:11211", null, null],
    ["10.0.0.1:11212", "10.0.0.1:11212", null, null],
    ["cache-1.example.net:11211:5", "cache-1.example.net:11211", 5, null],
    ["[fd00::5]:11211:2", "[fd00::5]:11211", 2, null],
    ["/run/memcached.sock", "unix:/run/memcached.sock", null, null],
    ["/run/memcached.sock:4", "unix:/run/memcached.sock", 4, null],
    ["unix:/run/a:4", "unix:/run/a:4", null, null],
    ["unix:///run/memcached.sock", "unix:/run/memcached.sock", null, null],
    ["memcached://10.0.0.1", "10.0.0.1:11211", null, null],
    ["memcached://10.0.0.1:11212/", "10.0.0.1:11212", null, null],
    ["tcp://10.0.0.1:11211?weight=3", "10.0.0.1:11211", 3, null],
    ["memcached://10.0.0.1:11211:3", "10.0.0.1:11211", 3, null],
    ["memcached://ops:s3cret@10.0.0.1:11211", "10.0.0.1:11211", null, SASL],
    ["memcached://ops:s3cret@[fd00::5]", "[fd00::5]:11211", null, SASL],
    ["memcached://o%70s:s3cret@10.0.0.1", "10.0.0.1:11211", null, SASL],
    ["memcached://ops:a:b%2C%40@10.0.0.1", "10.0.0.1:11211", null, { ...SASL, password: "a:b,@" }],
  ])("%s is %s with weight %s", (text, id, weight, credentials) => {
    const entry = parseServerEntry(text);
    expect(entry.ok && { id: formatNodeAddress(entry.address), ...entry }).toMatchObject({
      id,
      weight,
      credentials,
    });
  });

  test.each([
    ["10.0.0.1:11211:0", /a weight from 1/],
    ["10.0.0.1:11211:99999", /a weight from 1/],
    ["10.0.0.1:70000:1", /a port from 1/],
    ["10.0.0.1:11211:1:1", /host:port/],
    ["10.0.0.1:11211:x", /host:port/],
    ["udp:10.0.0.1:11211", /over TCP/],
    ["memcached://ops@10.0.0.1", /a user name and a password/],
    ["memcached://ops:@10.0.0.1", /a user name and a password/],
    ["memcached://ops:%ff@10.0.0.1", /a user name and a password/],
    ["memcached://ops:%0d%0aflush_all@10.0.0.1", /a user name and a password/],
    ["memcached://10.0.0.1?timeout=1", /weight/],
    ["memcached://169.254.169.254", /the address of a single host/],
    ["ops:s3cret@10.0.0.1", /auth/],
  ])("%s is refused, and the refusal repeats no secret", (text, allowed) => {
    const entry = parseServerEntry(text);
    expect(entry).toMatchObject({ ok: false, allowed: expect.stringMatching(allowed) });
    expect(JSON.stringify(entry)).not.toContain("s3cret");
  });
});

describe("a server list", () => {
  test.each([
    ["a:1,b:2", ["a:1", "b:2"]],
    ["a:1, b:2", ["a:1", "b:2"]],
    ["a:1 b:2\n", ["a:1", "b:2"]],
    ["a:1;b:2", ["a:1", "b:2"]],
    ['["a:1", "b:2:3"]', ["a:1", "b:2:3"]],
    ["['127.0.0.1', '/run/m.sock:2']", ["127.0.0.1", "/run/m.sock:2"]],
    ["('a:1', 'b:2',)", ["a:1", "b:2"]],
    ["[::1]:11211,b:2", ["[::1]:11211", "b:2"]],
    ['["[::1]:11211"]', ["[::1]:11211"]],
  ])("%s has the entries of dalli, pylibmc and memjs", (text, entries) => {
    expect(splitServerList(text)).toEqual(entries);
  });

  test("with something outside its quotes keeps it, so that it is refused instead of dropped", () => {
    expect(splitServerList('"a:1", 10.0.0.2')).toContain("10.0.0.2");
  });
});
