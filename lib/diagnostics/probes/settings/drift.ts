/** Which settings of a node differ from those that most of its pool has. Pure. */
import { SETTINGS } from "@/lib/catalogue/settings";
import { failed, notApplicable, passed, printableValue, unknown } from "../../check-builders";
import type { Check, ProbeTarget } from "../../contract";

/** Each node's own by nature: places, files, and when it was flushed. */
const OWN: ReadonlySet<string> = new Set([
  ...["tcpport", "udpport", "inter", "domain_socket", "oldest", "memory_file", "num_napi_ids"],
  ...["ssl_chain_cert", "ssl_key", "ssl_ca_cert", "auth_enabled_ascii"],
]);

/** A majority takes at least this many nodes that tell the setting, this one among them. */
const LEAST = 3;

/** Where more than half of the nodes that tell a setting agree, this one should agree with them. */
export function judgeDrift(
  id: string,
  own: ReadonlyMap<string, string> | null,
  peers: ReturnType<ProbeTarget["peers"]>,
): Check {
  const check = "drift";
  const others = peers.filter((peer) => peer.id !== id && peer.settings !== null);
  const compared = others.length + 1;
  const figures = { nodes: compared };
  if (own === null) {
    return unknown({
      check,
      title: "The node does not tell its settings",
      figures: { ...figures, count: null },
      evidence: { nodes: compared },
    });
  }
  if (compared < LEAST) {
    return notApplicable({
      check,
      title: "Its pool has too few nodes that tell their settings for a majority",
      figures: { ...figures, count: 0 },
      evidence: { nodes: compared },
    });
  }
  const found = differencesOf(id, own, peers);
  const names = found.map(({ name }) => name);
  const differences = found.map(
    ({ name, value, majority, nodes }) =>
      `${name}: ${printableValue(value)} here, ${printableValue(majority)} on ${nodes}`,
  );
  const evidence = { nodes: compared, differences };
  const said = { check, figures: { ...figures, count: names.length, names: names.join(", ") }, evidence };
  if (names.length === 0)
    return passed({ ...said, title: `Its settings are those of its pool (${compared} nodes)` });
  return failed("info", {
    ...said,
    title: `Its settings differ from most of its pool (${compared} nodes): ${names.join(", ")}`,
  });
}

/** A setting of which more than half of the nodes have another value. */
export interface Difference {
  readonly name: string;
  readonly value: string;
  readonly majority: string;
  /** How many have it. */
  readonly nodes: number;
}

/** What this node should agree with; none while its own settings are not known. */
export function differencesOf(
  id: string,
  own: ReadonlyMap<string, string> | null,
  peers: ReturnType<ProbeTarget["peers"]>,
): readonly Difference[] {
  const others = peers.filter((peer) => peer.id !== id && peer.settings !== null);
  const found: Difference[] = [];
  for (const [name, value] of own ?? []) {
    if (OWN.has(name) || !SETTINGS.has(name)) continue;
    const majority = majorityOf([value, ...others.flatMap((peer) => peer.settings?.get(name) ?? [])]);
    if (majority === null || majority.value === value) continue;
    found.push({ name, value, majority: majority.value, nodes: majority.nodes });
  }
  return found;
}

function majorityOf(values: readonly string[]): { value: string; nodes: number } | null {
  if (values.length < LEAST) return null;
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const [value, nodes] of counts) if (nodes * 2 > values.length) return { value, nodes };
  return null;
}
