/** One run: which nodes and probes, how far it is, what it found. Pure state; `diagnostics.ts` moves it. */
import { setMaxListeners } from "node:events";
import type { Actor } from "@/lib/model/access";
import type { Diagnostic, Finding } from "@/lib/model/finding";
import {
  type DiagnosticState,
  type ProbeName,
  SEVERITIES,
  type Severity,
  type UdpPayload,
} from "@/lib/model/finding-kinds";
import { type KnownNode, worstFirst } from "./ledger";

/** Who began it; `schedule` when nobody did. */
export type RunActor = Pick<Actor, "name" | "role">;

export interface RunPlan {
  /** The audit's entry of the intention. */
  readonly audit: number;
  readonly actor: RunActor;
  readonly nodes: readonly KnownNode[];
  readonly probes: readonly ProbeName[];
  readonly udpPayload: UdpPayload;
  readonly startedMs: number;
}

/** What a reader of a run hears of. */
export type RunNews =
  | { readonly kind: "progress" }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] };

const WORST_FIRST = SEVERITIES.toReversed();
/** Findings that one look at a run shows: it is looked at again and again while it goes on. */
export const MOST_SHOWN = 1_000;

export class DiagnosticRun {
  readonly id: string;
  readonly total: number;
  readonly waiting: KnownNode[];
  /** Ends the probes under way when the process stops. */
  readonly aborter = new AbortController();
  state: DiagnosticState = "queued";
  done = 0;
  /** Nodes under test now. */
  active = 0;
  endedMs: number | null = null;
  /** Its end is being written down. */
  finishing = false;
  /** Findings that could not be kept. */
  unkept = 0;
  cancelledBy: string | null = null;
  private readonly found = new Map<string, readonly Finding[]>();
  private readonly listeners = new Set<(news: RunNews) => void>();

  constructor(readonly plan: RunPlan) {
    this.id = String(plan.audit);
    this.total = plan.nodes.length * plan.probes.length;
    this.waiting = [...plan.nodes];
    // Every probe under way listens.
    setMaxListeners(0, this.aborter.signal);
  }

  get ended(): boolean {
    return this.endedMs !== null;
  }

  /** Findings that it holds. */
  get size(): number {
    return [...this.found.values()].reduce((sum, findings) => sum + findings.length, 0);
  }

  /** A probe of a node has ended with these findings. */
  add(node: string, probe: ProbeName, findings: readonly Finding[]): void {
    this.found.set(`${probe} ${node}`, findings);
    this.done++;
    this.tell({ kind: "findings", findings });
    this.tell({ kind: "progress" });
  }

  /** Probes that will not be run: the node is gone. */
  skip(probes: number): void {
    this.done += probes;
    this.tell({ kind: "progress" });
  }

  move(state: DiagnosticState): void {
    this.state = state;
    this.tell({ kind: "progress" });
  }

  /** The worst ones, worst first. */
  findings(): Finding[] {
    const all = [...this.found.values()].flat();
    const shown: Finding[] = [];
    for (const severity of WORST_FIRST) {
      if (shown.length >= MOST_SHOWN) break;
      shown.push(...worstFirst(all.filter((finding) => finding.severity === severity)));
    }
    return shown.slice(0, MOST_SHOWN);
  }

  snapshot(): Diagnostic {
    return { ...this.progress(), findings: this.findings() };
  }

  progress(): Omit<Diagnostic, "findings"> {
    const { id, state, plan, total, done, endedMs } = this;
    return {
      ...{ id, state, actor: plan.actor.name, probes: [...plan.probes], nodes: plan.nodes.length },
      ...{ total, done, startedMs: plan.startedMs, endedMs },
    };
  }

  /** How it ended, for the audit. */
  summary(): string {
    const counts: Record<Severity, number> = { critical: 0, warning: 0, info: 0, ok: 0 };
    for (const findings of this.found.values()) for (const { severity } of findings) counts[severity]++;
    const { critical, warning, info, ok } = counts;
    const found = `${critical} critical, ${warning} warning, ${info} info, ${ok} ok`;
    const cut = this.cancelledBy === null ? "" : `cancelled by ${this.cancelledBy} after `;
    const lost = this.unkept === 0 ? "" : `; ${this.unkept} findings could not be kept`;
    return `${cut}${this.done} of ${this.total} probes: ${found}${lost}`;
  }

  /** Returns the way to stop listening. */
  follow(listener: (news: RunNews) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(news: RunNews): void {
    for (const listener of this.listeners) listener(news);
  }
}
