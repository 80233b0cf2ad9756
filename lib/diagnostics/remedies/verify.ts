/** How to verify, from a machine that matters, that a remedy worked. */
import { type CommandTarget, groupCommands, quoted } from "@/lib/catalogue/commands";
import type { Remedy } from "@/lib/model/findings/finding.schema";
import { formatHostPort } from "@/lib/model/node/node-address";
import type { NodeFacts } from "./node-facts";
import { commandRemedy, type Prose } from "./prose";
import { certificateCheck } from "./steps/tls";

export type VerifyKind = "udp" | "listeners" | "sign-in" | "settings" | "tls" | "log" | "clock" | "network";

/** `udpPort`: the one that was probed. */
export function verification(kind: VerifyKind, facts: NodeFacts, udpPort: number | null): Remedy {
  const { title, lines } = VERIFY_COMMANDS[kind];
  return commandRemedy("verify", title, lines(facts, udpPort));
}

interface VerifyCommand {
  readonly title: Prose;
  readonly lines: (facts: NodeFacts, udpPort: number | null) => readonly string[];
}

const VERIFY_COMMANDS: Readonly<Record<VerifyKind, VerifyCommand>> = {
  udp: {
    title: { en: "UDP, from another machine", ja: "UDP (別のマシンから)" },
    lines: (facts, udpPort) => [
      `echo -en "\\x00\\x00\\x00\\x00\\x00\\x01\\x00\\x00stats\\r\\n" | nc -u -w 3 ${udpTarget(facts, udpPort)}; echo $?`,
      "# STAT lines: open. No output and 0: no response, which proves nothing. Connection refused: closed",
      "# echo -en requires bash; nc on CentOS 7 is ncat and has no -z; nc -uvz reports success even if nothing listens",
    ],
  },
  listeners: {
    title: { en: "Listeners, on the node", ja: "待ち受け (ノード上で)" },
    lines: (facts) => [
      "sudo netstat -plunt | grep memcached   # Debian without net-tools: sudo ss -plunt",
      ...(facts.endpoint.tls === null ? [`memstat --servers=${servers(facts)}   # Debian: memcstat`] : []),
    ],
  },
  "sign-in": {
    title: { en: "Authentication, without and with credentials", ja: "認証 (認証情報なしとあり)" },
    lines: (facts) => [
      `memstat --servers=${servers(facts)}; echo $?`,
      "# with authentication required: prints nothing, and 1. This is the refusal; the node is not down",
      `memstat --servers=${servers(facts)} --binary --username="$MEMCACHED_USER" --password="$MEMCACHED_PASSWORD"; echo $?`,
      "# SASL only; memstat is called memcstat on Debian",
    ],
  },
  settings: {
    title: { en: "Settings, from this machine", ja: "設定 (このマシンから)" },
    lines: (facts) =>
      facts.settings === null
        ? ["# Memfleet could not read the settings of this node; look at its start-up options instead"]
        : groupCommands(commandTarget(facts), "settings").slice(0, 1),
  },
  tls: {
    title: { en: "Certificate in use", ja: "使用中の証明書" },
    lines: (facts) => [certificateCheck(facts)],
  },
  log: {
    title: { en: "Log, on the node", ja: "ログ (ノード上で)" },
    lines: () => [
      "sudo journalctl -u memcached --since -1day",
      "sudo journalctl -k --since -1day | grep -i -E 'out of memory|oom|memcached'",
    ],
  },
  clock: {
    title: { en: "Clock, on the node and on Memfleet's machine", ja: "時計 (ノードと Memfleet のマシンで)" },
    lines: () => ["date -u; timedatectl status   # with chrony: chronyc tracking"],
  },
  network: {
    title: { en: "Network path, from Memfleet's machine", ja: "ネットワーク経路 (Memfleet のマシンから)" },
    lines: networkLines,
  },
};

/** How to sign in to a node: by its own settings, else as configured. */
export function commandTarget({ endpoint, settings }: NodeFacts): CommandTarget {
  const configured = endpoint.credentials?.kind ?? "none";
  const ascii = settings?.get("auth_enabled_ascii") ?? "no";
  const auth = settings?.get("auth_enabled_sasl") === "yes" ? "sasl" : ascii === "no" ? configured : "ascii";
  return { id: endpoint.id, auth, tls: endpoint.tls !== null };
}

function udpTarget({ endpoint: { address } }: NodeFacts, udpPort: number | null): string {
  if (address.kind === "unix") return "127.0.0.1 11211";
  return `${quoted(address.host)} ${udpPort ?? address.port}`;
}

function servers({ endpoint: { address } }: NodeFacts): string {
  return quoted(address.kind === "unix" ? address.path : formatHostPort(address.host, address.port));
}

function networkLines({ endpoint: { address } }: NodeFacts): string[] {
  if (address.kind === "unix") return [`ls -l ${quoted(address.path)}`];
  return [
    `getent ahosts ${quoted(address.host)}`,
    `nc -v -w 3 ${quoted(address.host)} ${address.port} < /dev/null   # TCP, where the result is reliable`,
  ];
}
