/** A node client that replies as scripted by a test, and counts the requests. */

import { requiredSlot } from "@/lib/catalogue/stats";
import type { FleetNode } from "@/lib/config/contract";
import type { NodeClient, PollReply, StatsEntries } from "@/lib/memcached/contract";
import { NodeError } from "@/lib/model/errors";
import type { ReasonCode } from "@/lib/model/node/reasons";

export interface ScriptedNode extends NodeClient {
  polls: number;
  flushes: number;
  running: number;
  mostRunning: number;
  closed: boolean;
  /** What the next poll reports; `failure` wins. */
  report: Record<string, number>;
  failure: ReasonCode | null;
  settings: StatsEntries;
  items: StatsEntries;
  slabs: StatsEntries;
  /** How often one of the slower groups was read. */
  groups: number;
  /** Polls wait for this. */
  hold: Promise<void>;
  /** Called when a poll has failed. */
  onSettled: () => void;
}

export function scriptedNode(id: string, report: Record<string, number> = {}): ScriptedNode {
  return {
    id,
    polls: 0,
    flushes: 0,
    running: 0,
    mostRunning: 0,
    closed: false,
    report: { pid: 1, uptime: 100, time: 1_000, ...report },
    failure: null,
    settings: [],
    items: [],
    slabs: [],
    groups: 0,
    hold: Promise.resolve(),
    onSettled: () => {},
    dialect: () => ({ protocol: "text", mechanisms: [], authfile: false }),
    localEndpoint: () => null,
    addressInUse: () => null,
    capabilities: () => ({ capabilities: ["stats"], lacking: {}, proxy: null }),
    async poll(into): Promise<PollReply> {
      this.polls++;
      this.running++;
      this.mostRunning = Math.max(this.mostRunning, this.running);
      await this.hold;
      this.running--;
      if (this.failure) {
        const error = new NodeError(id, this.failure);
        this.onSettled();
        throw error;
      }
      into.fill(Number.NaN);
      for (const [name, value] of Object.entries(this.report)) into[requiredSlot(name)] = value;
      return { version: "1.6.18", latencyMs: 0.4 };
    },
    async stats(group) {
      this.groups++;
      if (group === "settings") return this.settings;
      if (group === "items") return this.items;
      return group === "slabs" ? this.slabs : [];
    },
    async flushAll() {
      this.flushes++;
      this.report = { ...this.report, cmd_flush: (this.report.cmd_flush ?? 0) + 1 };
    },
    tune: () => Promise.reject(new NodeError(id, "unsupported")),
    openSession: () => Promise.reject(new NodeError(id, "unsupported")),
    metadump: () => Promise.reject(new NodeError(id, "unsupported")),
    bulkDelete: () => Promise.reject(new NodeError(id, "unsupported")),
    crawl: () => Promise.reject(new NodeError(id, "unsupported")),
    async withKeys() {
      throw new NodeError(id, "unsupported", "this double keeps no items");
    },
    close() {
      this.closed = true;
    },
  };
}

/** A configured node with that id. */
export function fleetNode(id: string, pool = "main", labels: Record<string, string> = {}): FleetNode {
  const [host, port] = id.split(":");
  return {
    id,
    pool,
    labels,
    endpoint: {
      id,
      address: { kind: "tcp", host: host as string, port: Number(port) },
      protocol: "auto",
      credentials: null,
      tls: null,
    },
  };
}
