/** The findings as the rest of the product reads and writes them: newest of each node and check, worst first. */

import {
  type FindingForm,
  PROBES,
  type ProbeName,
  SEVERITIES,
  type Severity,
} from "@/lib/model/findings/finding";
import type { Finding } from "@/lib/model/findings/finding.schema";
import type { Node } from "@/lib/model/node/node.schema";
import type { RecordsStore } from "@/lib/records/open";
import type { FindingCounts, FindingPosition, FindingsFind } from "@/lib/records/tables/finding-rows";
import type { FindingChange, FindingsPut, FindingsPutReply } from "@/lib/records/tables/finding-writes";
import type { PatchedRow } from "@/lib/records/tables/findings";
import {
  briefFinding,
  type FindingContext,
  type FindingViews,
  findingCursor,
  reportedFinding,
  wholeFinding,
} from "./finding-views";
import { SeverityMatrix, type SeverityMatrixPosition, type SeverityTotals } from "./severity-matrix";

/** A configured node, as far as findings need it. */
export interface KnownNode {
  readonly id: string;
  readonly pool: string;
}

export interface StoredFinding {
  readonly findings: readonly Finding[];
  readonly changes: readonly FindingChange[];
}

/** Which findings are wanted; what is left out lets everything through. */
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
  /** Nodes. */
  readonly undiagnosed: number;
}

export interface FindingsPage<Form extends FindingForm> {
  readonly findings: FindingContext<Form>[];
  readonly nextCursor: string | null;
}

/** What is older than this is forgotten once its node is configured no more: until then it may come back. */
const REMOVED_RETENTION_MS = 30 * 86_400_000;

/** Probes whose findings are kept at once. */
const MOST_TOGETHER = 64;

const WORST_FIRST = SEVERITIES.toReversed();

interface Waiting {
  readonly put: FindingsPut;
  readonly resolve: (reply: FindingsPutReply) => void;
  readonly reject: (error: unknown) => void;
}

export class FindingRepository {
  private readonly counts = new SeverityMatrix();
  private loaded = false;
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(
    private readonly store: Pick<RecordsStore, "call">,
    private readonly nowMs: () => number,
    /** Told of nodes whose counts have changed. */
    private readonly onCounted: (nodes: readonly string[]) => void,
  ) {}

  /**
   * Reads what was counted in an earlier life; the next question tries again when that failed. Rejects with
   * `UnavailableError` when it cannot be read.
   */
  async load(): Promise<void> {
    const byNode = new Map<string, FindingCounts[]>([...this.counts.nodes].map((node) => [node, []]));
    for (const tally of await this.store.call("finding.counts", { node: null })) {
      const of = byNode.get(tally.node);
      if (of === undefined) byNode.set(tally.node, [tally]);
      else of.push(tally);
    }
    for (const [node, tallies] of byNode) this.counts.set(node, tallies);
    this.loaded = true;
    this.onCounted([...byNode.keys()]);
  }

  /** What is wrong with a node, counted; null until it was diagnosed. */
  countsOf(node: string): Node["findings"] {
    return this.counts.countsOf(node);
  }

  /** Keeps what a probe found, in place of what it had found. What comes meanwhile is kept together. */
  async put(pool: string, put: FindingsPut): Promise<StoredFinding> {
    const { rows, changes } = await new Promise<FindingsPutReply>((resolve, reject) => {
      this.waiting.push({ put, resolve, reject });
      if (!this.writing) void this.write();
    });
    return { findings: rows.map((row) => wholeFinding(row, pool)), changes };
  }

  async patch(row: PatchedRow): Promise<void> {
    this.count(row.node, await this.store.call("patched.put", row));
  }

  async unpatch(node: string, check: string): Promise<void> {
    this.count(node, await this.store.call("patched.delete", { node, check }));
  }

  /** Of these nodes, whatever the severity. */
  async summary(nodes: readonly KnownNode[], probe?: ProbeName): Promise<FindingsSummary> {
    if (!this.loaded) await this.load();
    const ids = nodes.map(({ id }) => id);
    return {
      atMs: this.nowMs(),
      totals: this.counts.totals(ids, probe === undefined ? PROBES : [probe]),
      undiagnosed: ids.filter((id) => !this.counts.has(id)).length,
    };
  }

  /** How bad it is with these nodes, worst first, from a place on. `diagnosed` counts all of them. */
  async severityMatrix(nodes: readonly KnownNode[], after: SeverityMatrixPosition | null, limit: number) {
    if (!this.loaded) await this.load();
    return { ...this.counts.rows(nodes, after, limit), diagnosed: this.counts.diagnosed(nodes) };
  }

  /** Findings of these nodes from a place on, in the form that is asked for. */
  async page<Form extends FindingForm>(
    nodes: readonly KnownNode[],
    wanted: FindingsFilter,
    form: Form,
    after: FindingPosition | null,
    limit: number,
  ): Promise<FindingsPage<Form>> {
    if (!this.loaded) await this.load();
    const pools = new Map(nodes.map(({ id, pool }) => [id, pool]));
    const request: FindingsFind = { ...this.narrowed(pools, wanted), after, limit: limit + 1 };
    const rows = await this.read(form, request, (node) => pools.get(node) ?? "");
    const findings = rows.slice(0, limit);
    const last = findings.at(-1);
    return { findings, nextCursor: rows.length > limit && last !== undefined ? findingCursor(last) : null };
  }

  /** Forgets nodes that are configured no more and have not been for long. */
  async sweep(nodes: readonly KnownNode[]): Promise<void> {
    const ids = nodes.map(({ id }) => id);
    await this.store.call("finding.sweep", { nodes: ids, beforeMs: this.nowMs() - REMOVED_RETENTION_MS });
    await this.load();
  }

  private async read<Form extends FindingForm>(
    form: Form,
    request: FindingsFind,
    poolOf: (node: string) => string,
  ): Promise<FindingContext<Form>[]> {
    const READERS: { readonly [One in FindingForm]: () => Promise<FindingViews[One][]> } = {
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
    return READERS[form]();
  }

  /** The store is told which nodes only where it holds findings of others. */
  private narrowed(
    pools: ReadonlyMap<string, string>,
    { probe, check, severity = "ok", atMost = "critical", q }: FindingsFilter,
  ): Omit<FindingsFind, "after" | "limit"> {
    const all = [...this.counts.nodes].every((node) => pools.has(node));
    const [least, most] = [SEVERITIES.indexOf(severity), SEVERITIES.indexOf(atMost)];
    return {
      nodes: all ? null : [...pools.keys()].filter((node) => this.counts.has(node)),
      severities: WORST_FIRST.filter((one) => {
        const rank = SEVERITIES.indexOf(one);
        return rank >= least && rank <= most;
      }),
      probes: probe === undefined ? PROBES : [probe],
      check: check ?? null,
      q: q?.trim() || null,
    };
  }

  /** One request at a time: those that wait for it to be on disk go together in the next one. */
  private async write(): Promise<void> {
    this.writing = true;
    for (;;) {
      const together = this.waiting.splice(0, MOST_TOGETHER);
      if (together.length === 0) break;
      try {
        const puts = together.map(({ put }) => put);
        const replies = await this.store.call("finding.put", { puts });
        for (const [index, { put, resolve, reject }] of together.entries()) {
          const reply = replies[index];
          if (reply === undefined) {
            reject(new Error("the store left a reply out"));
            continue;
          }
          this.counts.set(put.node, reply.tallies);
          resolve(reply);
        }
        this.onCounted([...new Set(puts.map(({ node }) => node))]);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.writing = false;
  }

  private count(node: string, tallies: readonly FindingCounts[]): void {
    this.counts.set(node, tallies);
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
