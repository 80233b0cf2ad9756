/** A real node as actions get it, without the action service in front. */
import type { RunContext, Target } from "@/lib/actions/contract";
import type { Deadlines, NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { plainNode } from "../doubles/plain-node";

const DEADLINES: Deadlines = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };

/** The caller closes `client`. */
export function targetOf(endpoint: NodeEndpoint, deadlines = DEADLINES): Target {
  return {
    id: endpoint.id,
    client: createNodeClient(endpoint, deadlines),
    open: () => createNodeClient(endpoint, deadlines),
    view: plainNode({ id: endpoint.id }),
  };
}

/** The context of a running action, without observers. */
export function runContext(more: Partial<RunContext> = {}): RunContext {
  const { signal } = new AbortController();
  return { nowMs: Date.now, signal, multiNode: false, progress: () => undefined, ...more };
}
