/**
 * Lists of nodes in the Prometheus format of file_sd and HTTP SD: `[{ targets: ["host:port"], labels: {} }]`.
 * Source: Prometheus, "Configuration", `file_sd_config`, and "Writing HTTP service discovery".
 */

import { LABEL_NAME, LABEL_NAME_SHAPE, MAX_LABEL_VALUE } from "@/lib/config/labels";
import { describeFound, formatPath } from "@/lib/config/problems";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import { formatNodeAddress } from "@/lib/model/node/node-address";
import { type DiscoveredTarget, SourceUnavailable } from "./contract";
import type { TargetList } from "./target-list";

interface GroupRules {
  /** Whether `unix:/path` is allowed: such a path only has a meaning on this machine. */
  readonly unix: boolean;
}

/**
 * Reads groups into `list`, which also collects the problems of unusable entries. Throws `SourceUnavailable` when
 * `value` is not such a list.
 */
export function readTargetGroups(value: unknown, list: TargetList, rules: GroupRules): void {
  if (!Array.isArray(value)) {
    throw new SourceUnavailable(`found ${describeFound(value, [])}, allowed a list of groups with targets`);
  }
  value.forEach((group: unknown, index) => {
    if (list.full) list.skip(1);
    else readGroup(group, index, list, rules);
  });
}

function readGroup(group: unknown, index: number, list: TargetList, rules: GroupRules): void {
  if (!isMapping(group) || !Array.isArray(group.targets)) {
    const found = isMapping(group) ? "a mapping without a list of targets" : describeFound(group, [index]);
    list.refuse(`${formatPath([index])}: found ${found}, allowed a mapping with targets and labels`);
    return;
  }
  const labels = readLabels(group.labels, index, list);
  group.targets.forEach((target: unknown, position) => {
    const path = formatPath([index, "targets", position]);
    const read = readTarget(target, labels, rules);
    if ("allowed" in read)
      list.refuse(`${path}: found ${describeFound(target, [])}, allowed ${read.allowed}`);
    else list.add(read);
  });
}

function readTarget(
  text: unknown,
  labels: DiscoveredTarget["labels"],
  rules: GroupRules,
): DiscoveredTarget | { readonly allowed: string } {
  if (typeof text !== "string") return { allowed: "an address such as 10.0.0.11:11211" };
  const result = parseNodeAddress(text);
  if (!result.ok) return { allowed: result.allowed };
  if (result.address.kind === "unix" && !rules.unix)
    return { allowed: "host:port, because unix sockets are local" };
  return { id: formatNodeAddress(result.address), address: result.address, labels };
}

function readLabels(value: unknown, index: number, list: TargetList): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isMapping(value)) {
    list.refuse(`${formatPath([index, "labels"])}: found ${describeFound(value, [])}, allowed a mapping`);
    return {};
  }
  const labels: [name: string, value: string][] = [];
  for (const [name, text] of Object.entries(value)) {
    // Reserved by Prometheus for relabelling; never labels of a target. A label without a value is none.
    if (name.startsWith("__") || text === null) continue;
    const path = formatPath([index, "labels", name.slice(0, 80)]);
    if (!LABEL_NAME_SHAPE.test(name)) list.refuse(`${path}: found this name, allowed ${LABEL_NAME}`);
    else if (typeof text !== "string" || text.length > MAX_LABEL_VALUE) {
      const found = typeof text === "string" ? `${text.length} characters` : describeFound(text, []);
      list.refuse(`${path}: found ${found}, allowed text of at most ${MAX_LABEL_VALUE} characters`);
    } else labels.push([name, text]);
  }
  return Object.fromEntries(labels);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
