/** Status of a node. `lib/model/node/reasons.ts` has the reasons, which the browser does not need. */

export const NODE_STATUSES = [
  "up",
  "down",
  "timeout",
  "authFailed",
  "authRequired",
  "protocolError",
  "unknown",
] as const;
export type NodeStatus = (typeof NODE_STATUSES)[number];
