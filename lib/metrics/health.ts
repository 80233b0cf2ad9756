/** The health of a node, from its status and what needs attention. */
import type { Attention } from "@/lib/model/fleet.schema";
import type { Node } from "@/lib/model/node/node.schema";

/** `attention`: all entries of the node, worst first. The worst one is the cause. */
export function healthOf(status: Node["status"], attention: readonly Attention[]): Node["health"] {
  if (status === "unknown") return { state: "unknown", cause: null };
  if (status === "authRequired") return { state: "warning", cause: "status" };
  if (status !== "up") return { state: "critical", cause: "status" };
  const [worst] = attention;
  return worst === undefined ? { state: "ok", cause: null } : { state: worst.severity, cause: worst.kind };
}
