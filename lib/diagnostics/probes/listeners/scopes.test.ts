import { BlockList, isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exposure } from "@/lib/model/findings/finding";
import { exposureOf, listenersOf, scopeOfIp } from "./scopes";

/** IANA special-purpose registries and RFC 1918, 4193, 4291, 6598, written down again as plain CIDR blocks. */
const TABLE: readonly (readonly [Exposure, readonly (readonly [string, number])[]])[] = [
  [
    "all",
    [
      ["0.0.0.0", 8],
      ["::", 128],
    ],
  ],
  [
    "loopback",
    [
      ["127.0.0.0", 8],
      ["::1", 128],
    ],
  ],
  [
    "private",
    [
      ["10.0.0.0", 8],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
      ["169.254.0.0", 16],
      ["100.64.0.0", 10],
      ["fc00::", 7],
      ["fe80::", 10],
    ],
  ],
];

const lists = TABLE.map(([scope, blocks]) => {
  const list = new BlockList();
  for (const [net, bits] of blocks) list.addSubnet(net, bits, isIPv4(net) ? "ipv4" : "ipv6");
  return { scope, list };
});

function byTable(ip: string): Exposure {
  const family = isIPv4(ip) ? "ipv4" : "ipv6";
  return lists.find(({ list }) => list.check(ip, family))?.scope ?? "public";
}

/** Random addresses hit small blocks hardly ever: half of them begin like one. */
const v4 = fc.oneof(
  fc.ipV4(),
  fc
    .tuple(
      fc.constantFrom("127", "10", "172", "192.168", "169.254", "100", "0"),
      fc.array(fc.nat(255), { minLength: 3, maxLength: 3 }),
    )
    .map(([beginning, rest]) => [beginning, ...rest.slice(0, 4 - beginning.split(".").length)].join(".")),
);
const v6 = fc.oneof(
  fc.ipV6(),
  fc
    .tuple(
      fc.constantFrom("fc00", "fdff", "fe80", "febf", "fec0", "2001", "ff02", "0"),
      fc.array(fc.nat(0xffff), { minLength: 7, maxLength: 7 }),
    )
    .map(([first, rest]) => [first, ...rest.map((word) => word.toString(16))].join(":")),
);

describe("how far an address can be reached", () => {
  it("agrees with the registries for every IPv4 address, mapped into IPv6 or not", () => {
    fc.assert(
      fc.property(v4, (ip) => {
        expect(scopeOfIp(ip)).toBe(byTable(ip));
        expect(scopeOfIp(`::ffff:${ip}`)).toBe(byTable(ip));
      }),
      { numRuns: 3_000 },
    );
  });

  it("agrees with the registries for every IPv6 address", () => {
    fc.assert(
      fc.property(
        v6.filter((ip) => isIPv6(ip) && !ip.toLowerCase().includes("ffff:")),
        (ip) => {
          expect(scopeOfIp(ip)).toBe(byTable(ip));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ["0.0.0.0", "all"],
    ["::", "all"],
    ["::ffff:0.0.0.0", "all"],
    ["127.0.0.2", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::0.0.0.1", "loopback"],
    ["::10.0.0.1", "public"],
    ["fe80::1%eth0", "private"],
    ["100.64.0.1", "private"],
    ["100.128.0.1", "public"],
    ["172.32.0.1", "public"],
    ["192.0.2.1", "public"],
    ["2001:db8::1", "public"],
    ["8.8.8.8", "public"],
    ["cache-1", null],
    ["2130706433", null],
    ["", null],
  ] as const)("%s is %s", (ip, scope) => {
    expect(scopeOfIp(ip)).toBe(scope);
  });
});

const settings = (entries: Record<string, string>) => ({
  conns: null,
  settings: new Map(Object.entries({ tcpport: "11211", udpport: "0", domain_socket: "NULL", ...entries })),
});
const conns = (...addresses: string[]) => ({
  settings: null,
  conns: new Map(
    addresses.flatMap((address, fd): [string, string][] => [
      [`${fd}:addr`, address],
      [`${fd}:state`, address.startsWith("udp") ? "conn_read" : "conn_listening"],
    ]),
  ),
});
const listed = (statements: Parameters<typeof listenersOf>[0]) =>
  listenersOf(statements)?.listeners.map(({ transport, address, scope }) => [transport, address, scope]);

describe("listeners by the options", () => {
  it("treats a missing -l as every interface", () => {
    expect(listed(settings({ inter: "NULL" }))).toEqual([["tcp", "0.0.0.0:11211", "all"]]);
  });

  it("does not take the end of a list that the server has cut for an address", () => {
    const list = Array.from({ length: 9 }, (_, n) => `10.0.0.${n + 1}:11211`)
      .join(",")
      .slice(0, 126);
    const addresses = (listed(settings({ inter: list })) ?? []).map((row) => row[1]);
    expect(addresses).toHaveLength(list.split(",").length - 1);
    expect(addresses.at(-1)).toBe("10.0.0.8:11211");
  });

  it("adds the UDP port on every interface when it is on", () => {
    expect(listed(settings({ inter: "127.0.0.1", udpport: "11311" }))).toEqual([
      ["tcp", "127.0.0.1:11211", "loopback"],
      ["udp", "127.0.0.1:11311", "loopback"],
    ]);
  });

  it("reads several -l with their own ports, IPv6 and tags", () => {
    expect(
      listed(settings({ inter: "127.0.0.1:21557,::1,[fd00::5]:21558,notls:10.0.0.1:21559,tag_a_:8.8.8.8" })),
    ).toEqual([
      ["tcp", "127.0.0.1:21557", "loopback"],
      ["tcp", "[::1]:11211", "loopback"],
      ["tcp", "[fd00::5]:21558", "private"],
      ["tcp", "10.0.0.1:21559", "private"],
      ["tcp", "8.8.8.8:11211", "public"],
    ]);
  });

  it("has no other listener than a unix socket", () => {
    expect(listed(settings({ inter: "NULL", domain_socket: "/run/m.sock" }))).toEqual([
      ["unix", "/run/m.sock", "unix"],
    ]);
  });

  it("is empty when the node reported nothing", () => {
    expect(listenersOf({ conns: null, settings: null })).toBeNull();
    expect(listenersOf(settings({}))).toBeNull();
  });
});

describe("listeners by stats conns", () => {
  it("prefers the sockets to the options, and lists each once", () => {
    const both = {
      ...settings({ inter: "NULL" }),
      conns: conns("tcp:127.0.0.1:1", "udp:127.0.0.1:1", "udp:127.0.0.1:1", "tcp6:[::1]:1").conns,
    };
    expect(listenersOf(both)?.source).toBe("stats conns");
    expect(listed(both)).toEqual([
      ["tcp", "127.0.0.1:1", "loopback"],
      ["udp", "127.0.0.1:1", "loopback"],
      ["tcp", "[::1]:1", "loopback"],
    ]);
  });
});

describe("the path of a unix socket", () => {
  const path = "/run/memcached/instances/one/memcached.sock";
  // As 1.6.18 prints it: 26 bytes of the path, then what lay behind them in memory.
  const listedPath = `unix:${path.slice(0, 26)}5\u007f`;

  it("is the one of the settings where stats conns cuts it", () => {
    const both = { ...conns(listedPath), settings: settings({ domain_socket: path }).settings };
    expect(listed(both)).toEqual([["unix", path, "unix"]]);
  });

  it("is truncated where it is no longer certain", () => {
    expect(listed(conns(listedPath))).toEqual([["unix", "/run/memcached/instances/o...", "unix"]]);
  });
});

describe("exposure", () => {
  it.each([
    [conns("unix:/run/m.sock"), "unix"],
    [conns("tcp:127.0.0.1:1", "tcp6:[::1]:1"), "loopback"],
    [conns("tcp:127.0.0.1:1", "tcp:10.1.2.3:1"), "private"],
    [conns("tcp:127.0.0.1:1", "udp:8.8.4.4:1"), "public"],
    [conns("tcp:8.8.4.4:1", "tcp6:[::]:1"), "all"],
    [settings({ inter: "localhost" }), "loopback"],
    // A name could resolve to anything on the node; a wide scope stays wide.
    [settings({ inter: "127.0.0.1,cache-1" }), null],
    [settings({ inter: "cache-1,8.8.8.8" }), "public"],
    [{ conns: null, settings: null }, null],
  ] as const)("of %o is %s", (statements, exposure) => {
    expect(exposureOf(statements)).toBe(exposure);
  });
});
