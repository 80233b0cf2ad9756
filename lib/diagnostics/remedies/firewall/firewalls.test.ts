import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { testFacts } from "@/tests/doubles/node-facts";
import type { NodeFacts } from "../node-facts";
import { type AllowedSources, allowedSources, MOST_SOURCES } from "./allowed-sources";
import { firewalld, securityGroup, ufw } from "./managers";
import { iptables, nftables } from "./packet-filters";

const CONNS = new Map([
  ["20:addr", "tcp:0.0.0.0:11211"],
  ["20:state", "conn_listening"],
  ...["10.0.0.7:40001", "10.0.0.7:40002", "10.0.0.8:40003", "127.0.0.1:40004", "10.0.0.99:40005"].flatMap(
    (address, index): [string, string][] => [
      [`${30 + index}:addr`, `tcp:${address}`],
      [`${30 + index}:listen_addr`, "tcp:10.0.0.5:11211"],
      [`${30 + index}:state`, "conn_read"],
    ],
  ),
  ["40:addr", "tcp6:[fd00::7]:40006"],
  ["40:state", "conn_read"],
] as [string, string][]);

const ONE = { tcp: [11211], udp: [11211] };
const PORTS = { tcp: [11211, 11212], udp: [11211, 11212, 11213] };

const known = () => allowedSources(testFacts({ conns: CONNS, memfleet: "10.0.0.99" }));
const unknown = () => allowedSources(testFacts({ conns: null, memfleet: "10.0.0.99" }));

describe("the sources that a firewall allows", () => {
  it("are the clients connected over the network, with Memfleet marked and without loopback", () => {
    const { sources, incomplete } = known();
    expect(incomplete).toBe(false);
    expect(sources).toEqual([
      { text: "10.0.0.7", family: 4, who: "2 connections", isClient: true },
      { text: "10.0.0.8", family: 4, who: "1 connection", isClient: true },
      { text: "fd00::7", family: 6, who: "1 connection", isClient: true },
      { text: "10.0.0.99", family: 4, who: "Memfleet (dash-1)", isClient: false },
    ]);
  });

  it("are a placeholder and Memfleet where the node does not report clients", () => {
    const { sources, incomplete } = unknown();
    expect(incomplete).toBe(true);
    expect(sources.map(({ text }) => text)).toEqual(["CLIENT_IP", "10.0.0.99"]);
  });

  it("are summarised as networks when there are many, and omitted when there are too many", () => {
    const conns = (count: number, address: (index: number) => string) =>
      new Map(
        Array.from({ length: count }, (_, index): [string, string][] => [
          [`${index}:addr`, `tcp:${address(index)}:40000`],
          [`${index}:state`, "conn_read"],
        ]).flat(),
      );
    const few = allowedSources(testFacts({ conns: conns(200, (n) => `10.1.0.${n}`), memfleet: null }));
    expect(few.sources).toEqual([{ text: "10.1.0.0/24", family: 4, who: "200 clients", isClient: true }]);
    expect(few.notes.join("\n")).toContain("wider");
    const many = allowedSources(
      testFacts({ conns: conns(MOST_SOURCES + 1, (n) => `10.${n}.0.1`), memfleet: null }),
    );
    expect(many.sources.map(({ text }) => text)).toEqual(["CLIENT_IP"]);
  });

  it("are no addresses that a hostile node invents in another form", () => {
    const words = [
      "10.0.0.1;reboot",
      "$(reboot)",
      "0x0a000001",
      "10.1",
      "10.0.0.0/0",
      "::ffff:10.0.0.3",
      "fe80::1%$(x)",
    ];
    const conns = new Map(
      words.flatMap((word, index): [string, string][] => [
        [`${index}:addr`, `tcp:${word.includes("::") ? `[${word}]` : word}:40000`],
        [`${index}:state`, "conn_read"],
      ]),
    );
    const { sources } = allowedSources(testFacts({ conns, memfleet: null }));
    expect(sources.map(({ text }) => text).sort()).toEqual(["10.0.0.3", "fe80::1"]);
  });
});

const TOOLS = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };

/** The verdict of the packet filter's own tool on rules; it changes nothing. Without root it runs in a namespace. */
function checked(tool: string, args: readonly string[], rules: string) {
  const own = process.getuid?.() === 0 ? [] : ["unshare", "--map-root-user", "--net"];
  const [program = "", ...rest] = [...own, tool, ...args];
  const { status, stderr, error } = spawnSync(program, rest, { input: rules, env: TOOLS, encoding: "utf8" });
  if (error !== undefined) throw error;
  return { status, stderr };
}

const nft = (rules: string) => checked("nft", ["-c", "-f", "-"], rules);
const restore = (tool: string, rules: string) => checked(tool, ["--test", "--noflush"], rules);

function heredocs(text: string): { tool: string; rules: string }[] {
  return [...text.matchAll(/^sudo (\S+) --noflush <<'RULES'\n([\s\S]*?\n)RULES$/gm)].map(
    ([, tool, rules]) => ({
      tool: tool ?? "",
      rules: rules ?? "",
    }),
  );
}

describe("packet filters", () => {
  const cases: readonly [string, () => AllowedSources][] = [
    ["known clients", known],
    ["nobody", () => ({ sources: [], notes: [], incomplete: false })],
    [
      "networks",
      () => ({ ...known(), sources: [{ text: "10.1.0.0/24", family: 4, who: "", isClient: true }] }),
    ],
  ];

  it("can be checked here: nftables and iptables are installed, and the kernel supports them", () => {
    const well = { status: 0, stderr: "" };
    expect(nft("table inet memfleet_try\n")).toEqual(well);
    for (const tool of ["iptables-restore", "ip6tables-restore"])
      expect({ tool, ...restore(tool, "*filter\nCOMMIT\n") }).toEqual({ tool, ...well });
  });

  it.each(cases)("are accepted by nft: %s", (_, allowed) => {
    expect(nft(nftables(PORTS, allowed()).text)).toEqual({ status: 0, stderr: "" });
  });

  it.each(cases)("are accepted by iptables-restore: %s", (_, allowed) => {
    const both = heredocs(iptables(PORTS, allowed()).text);
    expect(both.map(({ tool }) => tool)).toEqual(["iptables-restore", "ip6tables-restore"]);
    for (const { tool, rules } of both) {
      expect({ tool, ...restore(tool, rules) }).toEqual({ tool, status: 0, stderr: "" });
    }
  });

  it("are refused completely while they contain a placeholder", () => {
    expect(nft(nftables(ONE, unknown()).text).status).not.toBe(0);
    const [four] = heredocs(iptables(ONE, unknown()).text);
    expect(restore("iptables-restore", four?.rules ?? "").status).not.toBe(0);
  });

  it("allow before they drop, and drop only these ports", () => {
    const { text } = nftables(ONE, known());
    const rules = text
      .slice(text.indexOf("chain input"))
      .split("\n")
      .map((line) => line.trim());
    expect(rules).toEqual([
      "chain input {",
      "type filter hook input priority 0; policy accept;",
      'iifname "lo" accept',
      "tcp dport { 11211 } ip saddr @clients4 accept",
      "tcp dport { 11211 } ip6 saddr @clients6 accept",
      "tcp dport { 11211 } counter drop",
      "udp dport { 11211 } counter drop",
      "}",
      "}",
    ]);
    const [four, six] = heredocs(iptables(ONE, known()).text);
    expect(four?.rules.split("\n")).toEqual([
      "*filter",
      ":MEMCACHED - [0:0]",
      "-A MEMCACHED -i lo -j ACCEPT",
      "-A MEMCACHED -p tcp -s 10.0.0.7 -j ACCEPT",
      "-A MEMCACHED -p tcp -s 10.0.0.8 -j ACCEPT",
      "-A MEMCACHED -p tcp -s 10.0.0.99 -j ACCEPT",
      "-A MEMCACHED -j DROP",
      "-I INPUT 1 -p tcp --dport 11211 -j MEMCACHED",
      "-I INPUT 1 -p udp --dport 11211 -j MEMCACHED",
      "COMMIT",
      "",
    ]);
    expect(six?.rules).toContain("-A MEMCACHED -p tcp -s fd00::7 -j ACCEPT");
  });
});

/** The commands that a shell runs, with the programs replaced by one that prints its words, up to a failing one. */
function ran(text: string, failsAt = "NOTHING"): string[] {
  const script = `sudo() { printf '%s\\n' "$*"; case "$*" in *${failsAt}*) return 1;; esac; }\naws() { sudo aws "$@"; }\n${text}`;
  return spawnSync("bash", ["-uc", script], { encoding: "utf8" }).stdout.trimEnd().split("\n");
}

describe("firewall managers", () => {
  it("firewalld: the zone of the guide, with ssh still allowed for its sources, reloaded last", () => {
    expect(ran(firewalld(ONE, known()).text)).toEqual([
      "firewall-cmd --permanent --new-zone=memcached",
      "firewall-cmd --permanent --zone=memcached --add-port=11211/tcp",
      "firewall-cmd --permanent --zone=memcached --add-service=ssh",
      "firewall-cmd --permanent --zone=memcached --add-source=10.0.0.7",
      "firewall-cmd --permanent --zone=memcached --add-source=10.0.0.8",
      "firewall-cmd --permanent --zone=memcached --add-source=fd00::7",
      "firewall-cmd --permanent --zone=memcached --add-source=10.0.0.99",
      "firewall-cmd --permanent --remove-port=11211/tcp",
      "firewall-cmd --permanent --remove-port=11211/udp",
      "firewall-cmd --reload",
    ]);
  });

  it("ufw: allow rules come before deny rules", () => {
    expect(ran(ufw(ONE, known()).text)).toEqual([
      "ufw allow from 10.0.0.7 to any port 11211 proto tcp",
      "ufw allow from 10.0.0.8 to any port 11211 proto tcp",
      "ufw allow from fd00::7 to any port 11211 proto tcp",
      "ufw allow from 10.0.0.99 to any port 11211 proto tcp",
      "ufw deny 11211/tcp",
      "ufw deny 11211/udp",
    ]);
  });

  it("AWS: allows the clients by IPv4 and IPv6, then removes public access", () => {
    const [open, close] = ran(securityGroup(ONE, known()).text);
    const permissions = (line = "") => JSON.parse(line.slice(line.indexOf("[")));
    expect(open).toContain("aws ec2 authorize-security-group-ingress --group-id sg-... --ip-permissions");
    expect(permissions(open)).toEqual([
      {
        ...{ IpProtocol: "tcp", FromPort: 11211, ToPort: 11211 },
        IpRanges: [
          { CidrIp: "10.0.0.7/32", Description: "2 connections" },
          { CidrIp: "10.0.0.8/32", Description: "1 connection" },
          { CidrIp: "10.0.0.99/32", Description: "Memfleet (dash-1)" },
        ],
        Ipv6Ranges: [{ CidrIpv6: "fd00::7/128", Description: "1 connection" }],
      },
    ]);
    expect(close).toContain("revoke-security-group-ingress");
    expect(permissions(close).map(({ IpProtocol }: { IpProtocol: string }) => IpProtocol)).toEqual([
      "tcp",
      "udp",
    ]);
  });

  it("close nothing while they contain the placeholder: its rejection ends the script", () => {
    const closes = /--reload|deny|revoke|remove-port/;
    for (const write of [firewalld, ufw, securityGroup]) {
      const commands = ran(write(ONE, unknown()).text, "CLIENT_IP");
      expect(commands.at(-1)).toContain("CLIENT_IP");
      expect(commands.filter((line) => closes.test(line))).toEqual([]);
    }
  });
});

describe("the ports of a node", () => {
  it("are those reachable over the network, as reported by the node", () => {
    const facts: NodeFacts = testFacts({ conns: CONNS, memfleet: null });
    expect(facts.ports).toEqual([11211]);
    expect(facts.privateAddresses).toEqual(["10.0.0.5"]);
  });
});
