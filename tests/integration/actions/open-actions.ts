/** The action service for these nodes over the store in a directory, as in a Memfleet process. */
import { ActionService } from "@/lib/actions/service";
import { createNodeClient } from "@/lib/memcached/node-client";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { plainNode } from "../../doubles/plain-node";

/** Long enough that a silent node is still pending when the test checks. */
const TIMEOUT_MS = 60_000;

/** The pool `main` has all nodes, given as `host:port`. */
export async function openActions(directory: string, nodes: readonly string[]) {
  const store = await openRecords(directory);
  const audit = new AuditRecords(store, Date.now);
  const log = new ActionRecords(store, audit, Date.now);
  const clients = new Map(
    nodes.map((id) => {
      const [host = "", port] = id.split(":");
      const address = { kind: "tcp", host, port: Number(port) } as const;
      const endpoint = { id, address, protocol: "auto", credentials: null, tls: null } as const;
      return [id, createNodeClient(endpoint, { connectTimeoutMs: 2_000, timeoutMs: TIMEOUT_MS })];
    }),
  );
  const actions = new ActionService({
    audit,
    log,
    target: (id) => {
      const client = clients.get(id);
      if (client === undefined) throw new Error(`${id} is unknown`);
      return { id, client, open: () => client, view: plainNode({ id }) };
    },
    pool: () => nodes,
    lruMaintainer: () => null,
    onSending: () => () => {},
    onActed: () => {},
    readOnly: () => false,
    nowMs: Date.now,
    onDefect: (error) => {
      throw error;
    },
    watchTimes: { forMs: 0, firstMs: 1, everyMs: 1 },
  });
  return {
    store,
    audit,
    log,
    actions,
    close: async () => {
      await actions.stop();
      for (const client of clients.values()) client.close();
      await store.close();
    },
  };
}
