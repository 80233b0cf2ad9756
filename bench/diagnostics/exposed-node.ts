/** Findings of a real, fully exposed server, to be repeated for nodes that do not exist. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { FindingRepository } from "@/lib/diagnostics/finding-repository";
import { ProbeSession } from "@/lib/diagnostics/probe-session";
import { REGISTRY } from "@/lib/diagnostics/registry";
import { remediesOf } from "@/lib/diagnostics/remedies/remedies";
import type { NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import { DEFAULT_PROBES } from "@/lib/model/findings/finding";
import type { FindingsPut } from "@/lib/records/tables/finding-writes";
import { plainNode } from "@/tests/doubles/plain-node";
import { freePort } from "@/tests/servers/free-port";
import { answering } from "../memcached-addresses";

const HOST = "127.0.0.1";
const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };

/** Starts the server on every interface, TCP and UDP, tests it, and stops it. */
export async function exposedFindings(): Promise<readonly FindingsPut[]> {
  const port = await freePort();
  const args = ["-p", String(port), "-U", String(port), "-l", "0.0.0.0", "-m", "64", "-vv", "-A"];
  if (process.getuid?.() === 0) args.push("-u", "root");
  const child = spawn("memcached", args, { stdio: "ignore" });
  try {
    await answering(HOST, port);
    return await diagnose({
      id: `${HOST}:${port}`,
      address: { kind: "tcp", host: HOST, port },
      protocol: "auto",
      credentials: null,
      tls: null,
    });
  } finally {
    child.kill("SIGKILL");
    if (child.exitCode === null) await once(child, "exit");
  }
}

/** The same findings of another node. */
export function findingsOf(node: string, found: readonly FindingsPut[]): FindingsPut[] {
  const [host = "", port = ""] = node.split(":");
  const [foundHost = "", foundPort = ""] = (found[0]?.node ?? "").split(":");
  const text = JSON.stringify(found).replaceAll(foundHost, host).replaceAll(foundPort, port);
  return JSON.parse(text) as FindingsPut[];
}

async function diagnose(endpoint: NodeEndpoint): Promise<FindingsPut[]> {
  const puts: FindingsPut[] = [];
  const client = createNodeClient(endpoint, DEADLINES);
  const repository = {
    put: async (_: string, put: FindingsPut) => {
      puts.push(put);
      return { findings: [], changes: [] };
    },
  } as Pick<FindingRepository, "put"> as FindingRepository;
  const node = { id: endpoint.id, pool: "bench", labels: {}, endpoint };
  const input = {
    node,
    client,
    view: plainNode({ id: endpoint.id }),
    peers: () => [],
    recent: () => Promise.reject(new Error("no history of this node")),
  };
  const session = new ProbeSession(input, repository, remediesOf, () => {});
  const { signal } = new AbortController();
  const context = { nowMs: Date.now, signal, udpPayload: "version" as const };
  try {
    for (const probe of REGISTRY) {
      if (!DEFAULT_PROBES.includes(probe.name)) continue;
      await session.save(probe, await session.run(probe, context), Date.now());
    }
  } finally {
    client.close();
  }
  return puts;
}
