/** Facts of a node that was never polled. */
import { type NodeFacts, nodeFacts } from "@/lib/diagnostics/remedies/node-facts";
import { plainNode } from "./plain-node";

export interface FactsOptions {
  readonly id?: string;
  readonly host?: string;
  readonly port?: number;
  readonly settings?: ReadonlyMap<string, string> | null;
  readonly general?: ReadonlyMap<string, string> | null;
  readonly conns?: ReadonlyMap<string, string> | null;
  readonly memfleet?: string | null;
  readonly version?: string | null;
  readonly credentials?: NodeFacts["endpoint"]["credentials"];
  readonly tls?: NodeFacts["endpoint"]["tls"];
}

export function testFacts(options: FactsOptions = {}): NodeFacts {
  const { host = "10.0.0.5", port = 11211 } = options;
  const { settings = null, general = null, conns = null } = options;
  return nodeFacts(
    {
      id: options.id ?? `${host}:${port}`,
      address: { kind: "tcp", host, port },
      credentials: options.credentials ?? null,
      tls: options.tls ?? null,
    },
    { settings, general, conns, problem: {} },
    plainNode({
      version: options.version ?? "1.6.18",
      currItems: 2_500,
      hitRatio: 0.8,
      getsPerSecond: 1_000,
    }),
    { address: options.memfleet ?? null, host: "dash-1" },
  );
}
