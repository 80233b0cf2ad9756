/** Settings of a node that differ from most of its pool. Pure. */
import { SETTINGS } from "@/lib/catalogue/settings";
import { phrase } from "@/lib/model/findings/phrases";
import { failed, notApplicable, passed, printableValue, unknown } from "../../check-builders";
import type { Check, ProbeTarget } from "../../contract";

/** Settings that differ by nature: addresses, files, and the time of the last flush. */
const NODE_SPECIFIC: ReadonlySet<string> = new Set([
  "tcpport",
  "udpport",
  "inter",
  "domain_socket",
  "oldest",
  "memory_file",
  "num_napi_ids",
  "ssl_chain_cert",
  "ssl_key",
  "ssl_ca_cert",
  "auth_enabled_ascii",
]);

/** Nodes that must report a setting for a majority, this one included. */
const MIN_NODES = 3;

/** Where more than half of the nodes that report a setting agree, this one should agree with them. */
export function judgeDrift(
  id: string,
  settings: ReadonlyMap<string, string> | null,
  peers: ReturnType<ProbeTarget["peers"]>,
): Check {
  const check = "drift";
  const nodes = otherSettings(id, peers).length + 1;
  if (settings === null) {
    return unknown(phrase("noSettings"), { check, figures: { nodes, count: null }, evidence: { nodes } });
  }
  if (nodes < MIN_NODES) {
    return notApplicable({
      check,
      title: "Too few nodes in the pool report their settings to determine a majority",
      figures: { nodes, count: 0 },
      evidence: { nodes },
    });
  }
  const found = differencesOf(id, settings, peers);
  const names = found.map(({ name }) => name).join(", ");
  const differences = found.map(({ name, value, majority, nodes: agreeing }) =>
    phrase("difference", {
      name,
      value: printableValue(value) ?? "",
      majority: printableValue(majority) ?? "",
      nodes: agreeing,
    }),
  );
  const base = { check, figures: { nodes, count: found.length, names }, evidence: { nodes, differences } };
  if (found.length === 0) return passed({ ...base, title: `Settings match its pool (${nodes} nodes)` });
  return failed("info", {
    ...base,
    title: `Settings differ from most of its pool (${nodes} nodes): ${names}`,
  });
}

/** A setting for which more than half of the nodes have another value. */
export interface Difference {
  readonly name: string;
  readonly value: string;
  readonly majority: string;
  /** Nodes with the majority's value. */
  readonly nodes: number;
}

/** Settings in which this node differs from the majority; none while its own settings are unknown. */
export function differencesOf(
  id: string,
  settings: ReadonlyMap<string, string> | null,
  peers: ReturnType<ProbeTarget["peers"]>,
): readonly Difference[] {
  const others = otherSettings(id, peers);
  const found: Difference[] = [];
  for (const [name, value] of settings ?? []) {
    if (NODE_SPECIFIC.has(name) || !SETTINGS.has(name)) continue;
    const majority = majorityOf([value, ...others.flatMap((other) => other.get(name) ?? [])]);
    if (majority === null || majority.value === value) continue;
    found.push({ name, value, majority: majority.value, nodes: majority.nodes });
  }
  return found;
}

function otherSettings(id: string, peers: ReturnType<ProbeTarget["peers"]>): ReadonlyMap<string, string>[] {
  return peers
    .filter((peer) => peer.id !== id)
    .map((peer) => peer.settings)
    .filter((settings) => settings !== null);
}

function majorityOf(values: readonly string[]): { value: string; nodes: number } | null {
  if (values.length < MIN_NODES) return null;
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const [value, nodes] of counts) if (nodes * 2 > values.length) return { value, nodes };
  return null;
}
