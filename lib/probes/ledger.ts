/** The findings as the rest of the product reads and writes them: newest of each node and check, worst first. */
import type { FindingsQuery } from "@/lib/model/endpoints";
import type { Finding, Findings } from "@/lib/model/finding";
import { PROBES, SEVERITIES, type Severity, VERDICTS } from "@/lib/model/finding-kinds";
import type { Node } from "@/lib/model/node";
import type { FindingChange, FindingsPut, FindingsUnasked } from "@/lib/store/memfleet/finding-puts";
import type { EarlierRow, FindingRow, FindingsFind } from "@/lib/store/memfleet/finding-rows";
import type { PatchedRow } from "@/lib/store/memfleet/findings";
import type { MemfleetStore } from "@/lib/store/memfleet-store";

/** A configured node, as far as findings need it. */
export interface KnownNode {
  readonly id: string;
  readonly pool: string;
}

export interface Kept {
  readonly findings: readonly Finding[];
  readonly changes: readonly FindingChange[];
}

/** What is older than this is forgotten once its node is configured no more: until then it may come back. */
const REMOVED_KEPT_MS = 30 * 86_400_000;

/** Findings read at once: about ten milliseconds of work. */
const PAGE = 500;

export class FindingLedger {
  private counts = new Map<string, NonNullable<Node["findings"]>>();
  private loaded = false;

  constructor(
    private readonly store: Pick<MemfleetStore, "call">,
    private readonly nowMs: () => number,
    /** Told of nodes whose counts have changed. */
    private readonly onCounted: (nodes: readonly string[]) => void,
  ) {}

  /**
   * Reads what was counted in an earlier life; the next question tries again when that failed. Rejects with
   * `UnavailableError` when it cannot be read.
   */
  async load(): Promise<void> {
    const rows = await this.store.call("finding.counts", { node: null, probe: null });
    const counts = new Map<string, NonNullable<Node["findings"]>>();
    for (const { node, severity, count } of rows) {
      const known = counts.get(node) ?? { critical: 0, warning: 0, info: 0 };
      counts.set(node, isCounted(severity) ? { ...known, [severity]: count } : known);
    }
    const gone = [...this.counts.keys()].filter((node) => !counts.has(node));
    this.counts = counts;
    this.loaded = true;
    this.onCounted([...counts.keys(), ...gone]);
  }

  /** What is wrong with a node, counted; null until it was diagnosed. */
  countsOf(node: string): Node["findings"] {
    return this.counts.get(node) ?? null;
  }

  /** Keeps what a probe found, in place of what it had found. */
  async put(pool: string, request: FindingsPut): Promise<Kept> {
    return this.kept(pool, request.node, await this.store.call("finding.put", request));
  }

  /** Keeps that a probe could say nothing. */
  async unasked(pool: string, request: FindingsUnasked): Promise<Kept> {
    return this.kept(pool, request.node, await this.store.call("finding.unasked", request));
  }

  async patch(row: PatchedRow): Promise<void> {
    await this.store.call("patched.put", row);
    await this.count(row.node);
  }

  async unpatch(node: string, check: string): Promise<void> {
    await this.store.call("patched.delete", { node, check });
    await this.count(node);
  }

  /** The findings of these nodes that the query lets through. */
  async find(
    nodes: readonly KnownNode[],
    query: Pick<FindingsQuery, "probe" | "severity">,
  ): Promise<Findings> {
    if (!this.loaded) await this.load();
    const pools = new Map(nodes.map(({ id, pool }) => [id, pool]));
    const [only] = pools.size === 1 ? pools.keys() : [null];
    const narrow = { node: only ?? null, probe: query.probe ?? null };
    const totals = { critical: 0, warning: 0, info: 0, ok: 0 };
    for (const { node, severity, count } of await this.store.call("finding.counts", narrow)) {
      if (pools.has(node)) totals[known(SEVERITIES, severity)] += count;
    }
    const least = query.severity ?? "ok";
    const severities = SEVERITIES.filter((severity) => rankOf(severity) >= rankOf(least));
    const findings: Finding[] = [];
    for await (const rows of this.pages({ ...narrow, severities })) {
      for (const row of rows) {
        const pool = pools.get(row.node);
        if (pool !== undefined) findings.push(findingOf(row, pool));
      }
    }
    const undiagnosed = nodes.filter(({ id }) => !this.counts.has(id)).length;
    return { atMs: this.nowMs(), findings: worstFirst(findings), totals, undiagnosed };
  }

  /** Forgets nodes that are configured no more and have not been for long. */
  async sweep(nodes: readonly KnownNode[]): Promise<void> {
    const ids = nodes.map(({ id }) => id);
    await this.store.call("finding.sweep", { nodes: ids, beforeMs: this.nowMs() - REMOVED_KEPT_MS });
    await this.load();
  }

  /** In pages, so that nobody waits for thousands of them to be read at once. */
  private async *pages(wanted: Pick<FindingsFind, "node" | "probe" | "severities">) {
    let after: FindingRow | null = null;
    for (;;) {
      const rows: FindingRow[] = await this.store.call("finding.find", { ...wanted, after, limit: PAGE });
      yield rows;
      after = rows.at(-1) ?? null;
      if (rows.length < PAGE) return;
    }
  }

  private async kept(
    pool: string,
    node: string,
    reply: { rows: readonly FindingRow[]; changes: readonly FindingChange[] },
  ): Promise<Kept> {
    await this.count(node);
    return { findings: reply.rows.map((row) => findingOf(row, pool)), changes: reply.changes };
  }

  private async count(node: string): Promise<void> {
    const rows = await this.store.call("finding.counts", { node, probe: null });
    const counted = { critical: 0, warning: 0, info: 0 };
    for (const { severity, count } of rows) if (isCounted(severity)) counted[severity] = count;
    if (rows.length === 0) this.counts.delete(node);
    else this.counts.set(node, counted);
    this.onCounted([node]);
  }
}

/** By severity, then by probe, check, pool and node. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      rankOf(b.severity) - rankOf(a.severity) ||
      PROBES.indexOf(a.probe) - PROBES.indexOf(b.probe) ||
      byText(a.check, b.check) ||
      byText(a.pool, b.pool) ||
      byText(a.node, b.node),
  );
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isCounted(severity: string): severity is "critical" | "warning" | "info" {
  return severity === "critical" || severity === "warning" || severity === "info";
}

function findingOf(row: FindingRow, pool: string): Finding {
  const { node, check, title, atMs, probedFrom, patched, previous } = row;
  return {
    ...{ node, pool, check, title, atMs, probedFrom, patched },
    probe: known(PROBES, row.probe),
    ...judgement(row),
    figures: JSON.parse(row.figures) as Finding["figures"],
    evidence: JSON.parse(row.evidence) as Finding["evidence"],
    remedy: JSON.parse(row.remedy) as Finding["remedy"],
    previous: previous === null ? null : earlierOf(previous),
  };
}

function earlierOf(row: EarlierRow): NonNullable<Finding["previous"]> {
  const { title, atMs } = row;
  return { ...judgement(row), title, evidence: JSON.parse(row.evidence) as Finding["evidence"], atMs };
}

function judgement({ verdict, severity }: EarlierRow): Pick<Finding, "verdict" | "severity"> {
  return { verdict: known(VERDICTS, verdict), severity: known(SEVERITIES, severity) };
}

/** What the store holds was written by us; a word of another version is a defect, not data. */
function known<Word extends string>(words: readonly Word[], text: string): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`memfleet.db holds an unknown word: ${text}`);
  return found;
}
