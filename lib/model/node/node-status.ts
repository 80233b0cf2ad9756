/** Whether a node is well: the coarse answer; why not says `reasons.ts`, whose sentences no page needs. */

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
