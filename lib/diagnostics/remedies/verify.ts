/** How to see for oneself, from a machine that matters, whether a remedy has worked. */

import { type CommandTarget, groupCommands, quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import type { NodeFacts } from "./node-facts";
import { certificateCheck } from "./steps/tls";

export type VerifyKind = "udp" | "listeners" | "sign-in" | "settings" | "tls" | "log" | "clock" | "network";

/** `udpPort`: the one that was probed. */
export function verification(kind: VerifyKind, facts: NodeFacts, udpPort: number | null): Remedy {
  const { title, lines } = VERIFY_COMMANDS[kind](facts, udpPort);
  return { for: "verify", title, text: lines.join("\n") };
}

interface VerifyCommand {
  readonly title: string;
  readonly lines: readonly string[];
}

const VERIFY_COMMANDS: Readonly<
  Record<VerifyKind, (facts: NodeFacts, udpPort: number | null) => VerifyCommand>
> = {
  udp: (facts, udpPort) => ({
    title: "UDP, from another machine",
    lines: [
      `echo -en "\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00stats\\r\\n" | nc -u -w 3 ${udpPlace(facts, udpPort)}; echo $?`,
      "# STAT lines: open. Nothing, and 0: no answer, which proves nothing. Connection refused: closed",
      "# echo -en is bash's; CentOS 7's nc is ncat and has no -z; nc -uvz says succeeded where nothing listens",
    ],
  }),
  listeners: (facts) => ({
    title: "Listeners, on the node",
    lines: [
      "sudo netstat -plunt | grep memcached   # Debian without net-tools: sudo ss -plunt",
      ...(facts.endpoint.tls === null ? [memstat(facts)] : []),
    ],
  }),
  "sign-in": (facts) => ({
    title: "Sign-in, without and with credentials",
    lines: [
      `memstat --servers=${servers(facts)}; echo $?`,
      "# with sign-in needed: prints nothing, and 1. That is the refusal, not a node that is down",
      `memstat --servers=${servers(facts)} --binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD"; echo $?`,
      "# SASL only; memstat is called memcstat on Debian",
    ],
  }),
  settings: (facts) => ({
    title: "Settings, from here",
    lines: groupCommands(commandTarget(facts), "settings").slice(0, 1),
  }),
  tls: (facts) => ({ title: "The certificate that is served", lines: [certificateCheck(facts)] }),
  log: () => ({
    title: "The log, on the node",
    lines: [
      "sudo journalctl -u memcached --since -1day",
      "sudo journalctl -k --since -1day | grep -i -E 'out of memory|oom|memcached'",
    ],
  }),
  clock: () => ({
    title: "The clock, on the node and on Memfleet's machine",
    lines: ["date -u; timedatectl status   # with chrony: chronyc tracking"],
  }),
  network: (facts) => ({
    title: "The way to the node, from Memfleet's machine",
    lines: networkLines(facts),
  }),
};

/** How a node is signed in to, by its own words, else as it is configured. */
export function commandTarget({ endpoint, settings }: NodeFacts): CommandTarget {
  const configured = endpoint.credentials?.kind ?? "none";
  const ascii = settings?.get("auth_enabled_ascii") ?? "no";
  const auth = settings?.get("auth_enabled_sasl") === "yes" ? "sasl" : ascii === "no" ? configured : "ascii";
  return { id: endpoint.id, auth, tls: endpoint.tls !== null };
}

function udpPlace({ endpoint: { address } }: NodeFacts, udpPort: number | null): string {
  if (address.kind === "unix") return "127.0.0.1 11211";
  return `${quoted(address.host)} ${udpPort ?? address.port}`;
}

function memstat(facts: NodeFacts): string {
  return `memstat --servers=${servers(facts)}   # Debian: memcstat`;
}

function servers({ endpoint: { address } }: NodeFacts): string {
  if (address.kind === "unix") return quoted(address.path);
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return quoted(`${host}:${address.port}`);
}

function networkLines({ endpoint: { address } }: NodeFacts): string[] {
  if (address.kind === "unix") return [`ls -l ${quoted(address.path)}`];
  return [
    `getent ahosts ${quoted(address.host)}`,
    `nc -v -w 3 ${quoted(address.host)} ${address.port} < /dev/null   # TCP, where this can be believed`,
  ];
}
