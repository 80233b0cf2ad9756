/** The action service over real nodes and its own store, without HTTP. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ActionEvent } from "@/lib/actions/run/action-run";
import { type ActionRequest, ActionService, type ActionServiceOptions } from "@/lib/actions/service";
import type { NodeClient, NodeEndpoint } from "@/lib/memcached/contract";
import { createNodeClient } from "@/lib/memcached/node-client";
import type { Actor } from "@/lib/model/access.schema";
import type { Action } from "@/lib/model/actions/action.schema";
import { NotFoundError } from "@/lib/model/errors";
import type { Node } from "@/lib/model/node/node.schema";
import type { Role } from "@/lib/model/roles";
import { ActionRecords } from "@/lib/records/actions";
import { AuditRecords } from "@/lib/records/audit";
import { openRecords, type RecordsStore } from "@/lib/records/open";
import { plainNode } from "../../doubles/plain-node";
import { type MemcachedMode, type MemcachedServer, startMemcached } from "../../servers/memcached";

const DEADLINES = { connectTimeoutMs: 2_000, timeoutMs: 5_000 };

export const actor = (role: Role): Actor => ({ name: `the ${role}`, role, via: "token" });

export class ActionHarness {
  readonly clients = new Map<string, NodeClient>();
  readonly pools = new Map<string, string[]>();
  readonly views = new Map<string, Partial<Node>>();
  readonly servers = new Map<string, MemcachedServer>();
  readonly events: ActionEvent[] = [];
  readOnly = false;
  audit: AuditRecords;
  actions: ActionService;

  private constructor(
    readonly directory: string,
    readonly store: RecordsStore,
  ) {
    this.audit = new AuditRecords(store, Date.now);
    this.actions = this.reopen();
  }

  static async open(): Promise<ActionHarness> {
    const directory = mkdtempSync(join(tmpdir(), "memfleet-actions-"));
    return new ActionHarness(directory, await openRecords(directory));
  }

  /** As after a restart: only stored data is known. */
  reopen(
    options: Partial<ActionServiceOptions> = {},
    over: Pick<RecordsStore, "call"> = this.store,
  ): ActionService {
    this.events.length = 0;
    this.audit = new AuditRecords(over, Date.now);
    this.actions = new ActionService({
      audit: this.audit,
      log: new ActionRecords(over, this.audit, Date.now),
      target: (id) => {
        const client = this.clients.get(id);
        if (client === undefined) throw new NotFoundError(`no node named ${id} is configured`);
        return { id, client, open: () => this.connect(id), view: this.view(id) };
      },
      pool: (name) => {
        const ids = this.pools.get(name);
        if (ids === undefined) throw new NotFoundError(`no pool named ${name} is configured`);
        return ids;
      },
      lruMaintainer: () => null,
      onSending: () => () => {},
      onActed: (events) => this.events.push(...events),
      readOnly: () => this.readOnly,
      nowMs: Date.now,
      onDefect: (error) => {
        throw error;
      },
      watchTimes: { forMs: 0, firstMs: 1, everyMs: 1 },
      ...options,
    });
    return this.actions;
  }

  async start(mode: MemcachedMode, args: readonly string[] = [], pool = "main"): Promise<NodeEndpoint> {
    const server = await startMemcached({ mode, args });
    const { endpoint } = server;
    this.servers.set(endpoint.id, server);
    this.clients.set(endpoint.id, createNodeClient(endpoint, DEADLINES));
    this.views.set(endpoint.id, { pool });
    this.pools.set(pool, [...(this.pools.get(pool) ?? []), endpoint.id]);
    return endpoint;
  }

  client(id: string): NodeClient {
    const client = this.clients.get(id);
    if (client === undefined) throw new Error(`no node named ${id} was started`);
    return client;
  }

  /** Polls the action until `enough` returns true. */
  async until(id: string, enough: (action: Action) => boolean): Promise<Action> {
    for (let n = 0; n < 1_500; n++) {
      const action = await this.actions.get(id);
      if (enough(action)) return action;
      await sleep(20);
    }
    throw new Error(
      `action ${id} did not reach the expected state: ${JSON.stringify(await this.actions.get(id))}`,
    );
  }

  ended(id: string): Promise<Action> {
    return this.until(id, (action) => action.endedMs !== null);
  }

  async close(): Promise<void> {
    await this.actions.stop();
    for (const client of this.clients.values()) client.close();
    await Promise.all([...this.servers.values()].map((server) => server.stop()));
    await this.store.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private connect(id: string): NodeClient {
    const endpoint = this.servers.get(id)?.endpoint;
    if (endpoint === undefined) throw new Error(`no server named ${id} was started`);
    return createNodeClient(endpoint, DEADLINES);
  }

  private view(id: string): Node {
    return plainNode({ id, hitRatio: 0.5, getsPerSecond: 30, ...this.views.get(id) });
  }
}

/** A flush of these nodes, confirmed. */
export function flushOf(nodes: readonly string[], more: Partial<ActionRequest> = {}): ActionRequest {
  const confirm = nodes.length === 1 ? nodes[0] : "main";
  return { kind: "flush_all", nodes: [...nodes], input: {}, confirm, ...more };
}
