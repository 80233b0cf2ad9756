/**
 * Rules for nftables and iptables. Both apply atomically, and both close these ports only: other traffic to the host,
 * ssh included, is not affected.
 */
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { commandRemedy } from "../prose";
import { comment } from "../shell-quoting";
import { type AllowedSources, type GuardedPorts, sourceComments } from "./allowed-sources";

const TABLE = "inet memcached_guard";

/** A separate table, so that it can be replaced, and removed with `nft delete table`. */
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
  return commandRemedy("nftables", { en: "nftables table", ja: "nftables のテーブル" }, [
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
  ]);
}

const FAMILIES = [
  { family: 4, set: "clients4", type: "ipv4_addr", address: "ip" },
  { family: 6, set: "clients6", type: "ipv6_addr", address: "ip6" },
] as const;

/** A separate chain, filled before any packet goes through it. */
export function iptables(ports: GuardedPorts, allowed: AllowedSources): Remedy {
  return commandRemedy("iptables", { en: "iptables and ip6tables", ja: "iptables と ip6tables" }, [
    ...sourceComments(allowed),
    comment("survives a reboot only with iptables-persistent (Debian) or iptables-services (RHEL)"),
    restore("iptables-restore", 4, ports, allowed),
    restore("ip6tables-restore", 6, ports, allowed),
  ]);
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
