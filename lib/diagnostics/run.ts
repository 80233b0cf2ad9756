/** One run: which nodes and probes, how far it is, what it found. Pure state; `diagnostics.ts` moves it. */
import { setMaxListeners } from "node:events";
import type { Actor } from "@/lib/model/access.schema";
import {
  type DiagnosticState,
  type ProbeName,
  SEVERITIES,
  type Severity,
  type UdpPayload,
} from "@/lib/model/findings/finding";
import type { Diagnostic, Finding, Progress } from "@/lib/model/findings/finding.schema";
import { type KnownNode, worstFirst } from "./finding-repository";

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
export type RunListener =
  | { readonly kind: "progress" }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] };

const WORST_FIRST = SEVERITIES.toReversed();
/** Findings that a run holds and shows, the worst of them; all of them are in the ledger. */
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
  unsaved = 0;
  cancelledBy: string | null = null;
  private readonly counts: Record<Severity, number> = { critical: 0, warning: 0, info: 0, ok: 0 };
  /** The worst, in the order they came. */
  private readonly found: Readonly<Record<Severity, Finding[]>> = {
    critical: [],
    warning: [],
    info: [],
    ok: [],
  };
  private readonly nodesDone = new Map<ProbeName, number>();
  private readonly listeners = new Set<(news: RunListener) => void>();

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
    return WORST_FIRST.reduce((sum, severity) => sum + this.found[severity].length, 0);
  }

  /** A probe of a node has ended with these findings. */
  add(probe: ProbeName, findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.counts[finding.severity]++;
      this.found[finding.severity].push(finding);
    }
    for (let beyond = this.size - MOST_SHOWN; beyond > 0; beyond--) {
      const mildest = SEVERITIES.find((severity) => this.found[severity].length > 0) ?? "ok";
      this.found[mildest].pop();
    }
    this.nodesDone.set(probe, (this.nodesDone.get(probe) ?? 0) + 1);
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
    return WORST_FIRST.flatMap((severity) => worstFirst(this.found[severity]));
  }

  snapshot(): Diagnostic {
    return { ...this.progress(), findings: this.findings() };
  }

  progress(): Progress {
    const { id, state, plan, total, done, endedMs } = this;
    return {
      ...{ id, state, actor: plan.actor.name, probes: [...plan.probes], nodes: plan.nodes.length },
      ...{ total, done, startedMs: plan.startedMs, endedMs },
      nodesDone: Object.fromEntries(this.nodesDone),
    };
  }

  /** How it ended, for the audit. */
  summary(): string {
    const { critical, warning, info, ok } = this.counts;
    const found = `${critical} critical, ${warning} warning, ${info} info, ${ok} ok`;
    const cut = this.cancelledBy === null ? "" : `cancelled by ${this.cancelledBy} after `;
    const lost = this.unsaved === 0 ? "" : `; ${this.unsaved} findings could not be kept`;
    return `${cut}${this.done} of ${this.total} probes: ${found}${lost}`;
  }

  /** Returns the way to stop listening. */
  follow(listener: (news: RunListener) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(news: RunListener): void {
    for (const listener of this.listeners) listener(news);
  }
}
