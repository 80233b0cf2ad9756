/**
 * Rules for nftables and iptables. Both are applied as a whole or not at all, and both close these ports only:
 * whatever else reaches the host, ssh too, is left alone.
 */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { comment } from "../shell-quoting";
import { type AllowedSources, type GuardedPorts, sourceComments } from "./allowed-sources";

const TABLE = "inet memcached_guard";

/** A table of its own, so that it can be replaced, and taken away with `nft delete table`. */
export function nftables(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const list = (numbers: readonly number[]) => `{ ${numbers.join(", ")} }`;
  const sets = FAMILIES.flatMap(({ family, set, type }) => {
    const sources = allowed.sources.filter((source) => source.family === family).map(({ text }) => text);
    if (sources.length === 0) return [];
    return [
      `  set ${set} {`,
      `    type ${type}`,
      "    flags interval",
      `    elements = { ${sources.join(", ")} }`,
      "  }",
    ];
  });
  const accepts = FAMILIES.filter(({ family }) =>
    allowed.sources.some((source) => source.family === family),
  ).map(({ set, address }) => `    tcp dport ${list(ports.tcp)} ${address} saddr @${set} accept`);
  const text = [
    ...sourceComments(allowed),
    comment("save as /etc/nftables.d/memcached.nft, check with nft -c -f, then: sudo nft -f"),
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    ...sets,
    "  chain input {",
    "    type filter hook input priority 0; policy accept;",
    '    iifname "lo" accept',
    ...accepts,
    `    tcp dport ${list(ports.tcp)} counter drop`,
    `    udp dport ${list(ports.udp)} counter drop`,
    "  }",
    "}",
  ];
  return { for: "nftables", title: "nftables table", text: text.join("\n") };
}

const FAMILIES = [
  { family: 4, set: "clients4", type: "ipv4_addr", address: "ip" },
  { family: 6, set: "clients6", type: "ipv6_addr", address: "ip6" },
] as const;

/** A chain of its own, filled before anything is sent through it. */
export function iptables(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  const text = [
    ...sourceComments(allowed),
    comment("kept over a reboot by iptables-persistent (Debian) or iptables-services (RHEL) only"),
    restore("iptables-restore", 4, ports, allowed),
    restore("ip6tables-restore", 6, ports, allowed),
  ];
  return { for: "iptables", title: "iptables and ip6tables", text: text.join("\n") };
}

function restore(tool: string, family: 4 | 6, ports: GuardedPorts, allowed: AllowedSources): string {
  const sources = allowed.sources.filter((source) => source.family === family);
  return [
    `sudo ${tool} --noflush <<'RULES'`,
    "*filter",
    ":MEMCACHED - [0:0]",
    "-A MEMCACHED -i lo -j ACCEPT",
    ...sources.map(({ text }) => `-A MEMCACHED -p tcp -s ${text} -j ACCEPT`),
    "-A MEMCACHED -j DROP",
    ...(["tcp", "udp"] as const).flatMap((protocol) =>
      ports[protocol].map((port) => `-I INPUT 1 -p ${protocol} --dport ${port} -j MEMCACHED`),
    ),
    "COMMIT",
    "RULES",
  ].join("\n");
}
