/** Nodes and pools by name. Every lookup throws `NotFoundError` for a name that is not configured. */
import "server-only";
import type { Collector } from "@/lib/collector/collector";
import type { ComparedNode } from "@/lib/collector/compare/nodes";
import type { FleetView } from "@/lib/collector/fleet-view";
import type { NodeRecord } from "@/lib/collector/node-record";
import type { Configuration, FleetNode, FleetPool } from "@/lib/config/contract";
import { NotFoundError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";

export class FleetDirectory {
  constructor(
    private readonly configuration: () => Pick<Configuration, "nodes" | "pools">,
    private readonly collector: Pick<Collector, "get">,
    private readonly view: Pick<FleetView, "node">,
  ) {}

  /** A node as it was last collected. */
  node(id: string): Node {
    return this.view.node(id) ?? notConfigured("node", id);
  }

  /** A node's record with its view. */
  compared(id: string): ComparedNode {
    return { record: this.record(id), view: this.node(id) };
  }

  record(id: string): NodeRecord {
    return this.collector.get(id) ?? notConfigured("node", id);
  }

  pool(name: string): FleetPool {
    return this.configuration().pools.find((pool) => pool.name === name) ?? notConfigured("pool", name);
  }

  /** A pool's nodes, in the order of the configuration. */
  members(name: string): FleetNode[] {
    const pool = this.pool(name);
    return this.configuration().nodes.filter((node) => node.pool === pool.name);
  }

  /** The nodes with these ids and those of these pools, each once. */
  select(ids: readonly string[], pools: readonly string[]): FleetNode[] {
    const named = ids.map((id) => this.record(id).node);
    return [...new Set([...named, ...pools.flatMap((pool) => this.members(pool))])];
  }
}

function notConfigured(kind: "node" | "pool", name: string): never {
  throw new NotFoundError(`no ${kind} named ${name} is configured`);
}
