/** Reads and writes findings: the latest of each node and check, worst first. */

import {
  type FindingForm,
  PROBES,
  type ProbeName,
  SEVERITIES,
  type Severity,
} from "@/lib/model/findings/finding";
import type { Finding } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { DAY_MS } from "@/lib/model/time";
import type { RecordsStore } from "@/lib/records/open";
import type { FindingCounts, FindingPosition, FindingsFind } from "@/lib/records/tables/finding-rows";
import type { FindingChange, FindingsPut, FindingsPutReply } from "@/lib/records/tables/finding-writes";
import type { PatchedRow } from "@/lib/records/tables/findings";
import {
  briefFinding,
  type FindingView,
  type FindingViews,
  findingCursor,
  reportedFinding,
  wholeFinding,
} from "./finding-views";
import { SeverityMatrix, type SeverityMatrixPosition, type SeverityTotals } from "./severity-matrix";

/** The part of a configured node that findings need. */
export interface KnownNode {
  readonly id: string;
  readonly pool: string;
}

export interface SavedFindings {
  readonly findings: readonly Finding[];
  readonly changes: readonly FindingChange[];
}

/** Filters of findings; a missing one matches everything. */
export interface FindingsFilter {
  readonly probe?: ProbeName | undefined;
  readonly check?: string | undefined;
  /** This severity and worse. */
  readonly severity?: Severity | undefined;
  /** This severity and better. */
  readonly atMost?: Severity | undefined;
  readonly q?: string | undefined;
}

export interface FindingsSummary {
  readonly atMs: number;
  readonly totals: SeverityTotals;
  /** Nodes never diagnosed. */
  readonly undiagnosed: number;
}

export interface FindingsPage<Form extends FindingForm> {
  readonly findings: FindingView<Form>[];
  readonly nextCursor: string | null;
}

/** How long findings of a removed node are stored, because it may be configured again. */
const REMOVED_RETENTION_MS = 30 * DAY_MS;

/** Maximum puts saved in one request. */
const MAX_BATCH = 64;

interface PendingPut {
  readonly put: FindingsPut;
  readonly resolve: (reply: FindingsPutReply) => void;
  readonly reject: (error: unknown) => void;
}

export class FindingRepository {
  private readonly matrix = new SeverityMatrix();
  private loaded = false;
  private pending: PendingPut[] = [];
  private writing = false;

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly nowMs: () => number,
    /** Receives nodes whose counts have changed. */
    private readonly onCounted: (nodes: readonly string[]) => void,
  ) {}

  /**
   * Reads the counts saved before a restart of Memfleet; after a failure, the next query tries again. Rejects with
   * `UnavailableError` when they can't be read.
   */
  async load(): Promise<void> {
    const byNode = new Map<string, FindingCounts[]>([...this.matrix.nodes].map((node) => [node, []]));
    for (const row of await this.store.call("finding.counts", { node: null })) {
      const rows = byNode.get(row.node);
      if (rows === undefined) byNode.set(row.node, [row]);
      else rows.push(row);
    }
    for (const [node, rows] of byNode) this.matrix.set(node, rows);
    this.loaded = true;
    this.onCounted([...byNode.keys()]);
  }

  /** Counts of a node's problems; null until it is diagnosed. */
  countsOf(node: string): Node["findings"] {
    return this.matrix.countsOf(node);
  }

  /** Replaces the findings of a probe. Puts that arrive during a write are saved together. */
  async put(pool: string, put: FindingsPut): Promise<SavedFindings> {
    const { rows, changes } = await new Promise<FindingsPutReply>((resolve, reject) => {
      this.pending.push({ put, resolve, reject });
      if (!this.writing) void this.write();
    });
    return { findings: rows.map((row) => wholeFinding(row, pool)), changes };
  }

  async patch(row: PatchedRow): Promise<void> {
    this.setCounts(row.node, await this.store.call("patched.put", row));
  }

  async unpatch(node: string, check: string): Promise<void> {
    this.setCounts(node, await this.store.call("patched.delete", { node, check }));
  }

  /** Counts of these nodes' findings, whatever other filters say. */
  async summary(nodes: readonly KnownNode[], probe?: ProbeName): Promise<FindingsSummary> {
    if (!this.loaded) await this.load();
    const ids = nodes.map(({ id }) => id);
    return {
      atMs: this.nowMs(),
      totals: this.matrix.totals(ids, probe === undefined ? PROBES : [probe]),
      undiagnosed: ids.filter((id) => !this.matrix.has(id)).length,
    };
  }

  /** Rows of these nodes after a position, worst first. `diagnosed` counts all of them. */
  async severityMatrix(nodes: readonly KnownNode[], after: SeverityMatrixPosition | null, limit: number) {
    if (!this.loaded) await this.load();
    return { ...this.matrix.rows(nodes, after, limit), diagnosed: this.matrix.diagnosed(nodes) };
  }

  /** Findings of these nodes after a position, in the requested form. */
  async page<Form extends FindingForm>(
    nodes: readonly KnownNode[],
    filter: FindingsFilter,
    form: Form,
    after: FindingPosition | null,
    limit: number,
  ): Promise<FindingsPage<Form>> {
    if (!this.loaded) await this.load();
    const pools = new Map(nodes.map(({ id, pool }) => [id, pool]));
    const request: FindingsFind = { ...this.narrowed(pools, filter), after, limit: limit + 1 };
    const rows = await this.read(form, request, (node) => pools.get(node) ?? "");
    const findings = rows.slice(0, limit);
    const last = findings.at(-1);
    return { findings, nextCursor: rows.length > limit && last !== undefined ? findingCursor(last) : null };
  }

  /** Deletes findings of nodes that were removed long ago. */
  async sweep(nodes: readonly KnownNode[]): Promise<void> {
    const ids = nodes.map(({ id }) => id);
    await this.store.call("finding.sweep", { nodes: ids, beforeMs: this.nowMs() - REMOVED_RETENTION_MS });
    await this.load();
  }

  private async read<Form extends FindingForm>(
    form: Form,
    request: FindingsFind,
    poolOf: (node: string) => string,
  ): Promise<FindingView<Form>[]> {
    const readers: { readonly [Each in FindingForm]: () => Promise<FindingViews[Each][]> } = {
      brief: async () =>
        (await this.store.call("finding.find", request)).map((row) => briefFinding(row, poolOf(row.node))),
      report: async () =>
        (await this.store.call("finding.findDetailed", request)).map((row) =>
          reportedFinding(row, poolOf(row.node)),
        ),
      whole: async () =>
        (await this.store.call("finding.findDetailed", request)).map((row) =>
          wholeFinding(row, poolOf(row.node)),
        ),
    };
    return readers[form]();
  }

  /** Names the nodes to the store only if it holds findings of others. */
  private narrowed(
    pools: ReadonlyMap<string, string>,
    { probe, check, severity = "ok", atMost = "critical", q }: FindingsFilter,
  ): Omit<FindingsFind, "after" | "limit"> {
    const all = [...this.matrix.nodes].every((node) => pools.has(node));
    const [min, max] = [SEVERITIES.indexOf(severity), SEVERITIES.indexOf(atMost)];
    return {
      nodes: all ? null : [...pools.keys()].filter((node) => this.matrix.has(node)),
      severities: SEVERITIES.slice(min, max + 1).toReversed(),
      probes: probe === undefined ? PROBES : [probe],
      check: check ?? null,
      q: q?.trim() || null,
    };
  }

  /** One request at a time: puts that arrive until it is on disk go together in the next one. */
  private async write(): Promise<void> {
    this.writing = true;
    for (;;) {
      const batch = this.pending.splice(0, MAX_BATCH);
      if (batch.length === 0) break;
      try {
        const puts = batch.map(({ put }) => put);
        const replies = await this.store.call("finding.put", { puts });
        for (const [index, { put, resolve, reject }] of batch.entries()) {
          const reply = replies[index];
          if (reply === undefined) {
            reject(new Error("the store returned too few replies"));
            continue;
          }
          this.matrix.set(put.node, reply.counts);
          resolve(reply);
        }
        this.onCounted([...new Set(puts.map(({ node }) => node))]);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.writing = false;
  }

  private setCounts(node: string, rows: readonly FindingCounts[]): void {
    this.matrix.set(node, rows);
    this.onCounted([node]);
  }
}

/** By severity, then by probe, check and node. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      PROBES.indexOf(a.probe) - PROBES.indexOf(b.probe) ||
      byText(a.check, b.check) ||
      byText(a.node, b.node),
  );
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
