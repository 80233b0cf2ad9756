/**
 * Flushes the nodes it is given, one after the other, from the store in the directory it is given. Prints the
 * action's id, then the state of every node whenever one changes. It is there to be killed.
 */
import { ActionService } from "@/lib/actions/service";
import { createNodeClient } from "@/lib/memcached/node-client";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords } from "@/lib/records/open";
import { plainNode } from "../doubles/plain-node";

const [directory = "", staggerSeconds = "0", ...nodes] = process.argv.slice(2);
const store = await openRecords(directory);
const audit = new AuditRecords(store, Date.now);
const clients = new Map(
  nodes.map((id) => {
    const [host = "", port] = id.split(":");
    const address = { kind: "tcp", host, port: Number(port) } as const;
    const endpoint = { id, address, protocol: "auto", credentials: null, tls: null } as const;
    return [id, createNodeClient(endpoint, { connectTimeoutMs: 2_000, timeoutMs: 20_000 })];
  }),
);
const actions = new ActionService({
  audit,
  log: new ActionRecords(store, audit, Date.now),
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
});
const { id } = await actions.begin(
  { name: "flusher", role: "operator", via: "token" },
  { kind: "flush_all", pool: "main", input: { staggerSeconds: Number(staggerSeconds) }, confirm: "main" },
);
process.stdout.write(`${id}\n`);
const tell = async () => {
  const { targets } = await actions.get(id);
  process.stdout.write(`${targets.map(({ state }) => state).join(" ")}\n`);
};
actions.following(id)?.onChange(() => void tell());
await tell();
