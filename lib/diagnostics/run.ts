/** One run: its nodes and probes, progress and findings. Pure state; `run-scheduler.ts` advances it. */
import { setMaxListeners } from "node:events";
import type { AuditActor } from "@/lib/model/access.schema";
import {
  type DiagnosticState,
  type ProbeName,
  SEVERITIES,
  type Severity,
  type UdpPayload,
} from "@/lib/model/findings/finding";
import type { Diagnostic, Finding, Progress } from "@/lib/model/findings/finding.schema";
import { counted } from "./check-builders";
import { type KnownNode, worstFirst } from "./finding-repository";

/** Who started it; `schedule` for a scheduled run. */
export type RunActor = AuditActor;

export interface RunPlan {
  /** Id of the audit entry. */
  readonly audit: number;
  readonly actor: RunActor;
  readonly nodes: readonly KnownNode[];
  readonly probes: readonly ProbeName[];
  readonly udpPayload: UdpPayload;
  readonly startedMs: number;
}

/** An event of a run. */
export type RunEvent =
  | { readonly kind: "progress" }
  | { readonly kind: "findings"; readonly findings: readonly Finding[] };

const WORST_FIRST = SEVERITIES.toReversed();
/** Findings that a run holds and shows: the worst ones. The repository has all of them. */
export const MAX_SHOWN = 1_000;

export class DiagnosticRun {
  readonly id: string;
  readonly total: number;
  readonly waiting: KnownNode[];
  /** Aborts active probes when the process stops. */
  readonly aborter = new AbortController();
  state: DiagnosticState = "queued";
  done = 0;
  /** Nodes under test now. */
  active = 0;
  endedMs: number | null = null;
  /** Its end is being recorded. */
  finishing = false;
  /** Findings that could not be saved. */
  unsaved = 0;
  cancelledBy: string | null = null;
  private readonly counts: Record<Severity, number> = { critical: 0, warning: 0, info: 0, ok: 0 };
  /** The worst, in order of arrival. */
  private readonly bySeverity: Readonly<Record<Severity, Finding[]>> = {
    critical: [],
    warning: [],
    info: [],
    ok: [],
  };
  private readonly nodesDone = new Map<ProbeName, number>();
  private readonly listeners = new Set<(event: RunEvent) => void>();

  constructor(readonly plan: RunPlan) {
    this.id = String(plan.audit);
    this.total = plan.nodes.length * plan.probes.length;
    this.waiting = [...plan.nodes];
    // Every active probe listens.
    setMaxListeners(0, this.aborter.signal);
  }

  get ended(): boolean {
    return this.endedMs !== null;
  }

  /** Number of findings. */
  get size(): number {
    return WORST_FIRST.reduce((sum, severity) => sum + this.bySeverity[severity].length, 0);
  }

  /** A probe of a node has ended with these findings. */
  add(probe: ProbeName, findings: readonly Finding[]): void {
    for (const finding of findings) {
      this.counts[finding.severity]++;
      this.bySeverity[finding.severity].push(finding);
    }
    for (let excess = this.size - MAX_SHOWN; excess > 0; excess--) {
      const mildest = SEVERITIES.find((severity) => this.bySeverity[severity].length > 0) ?? "ok";
      this.bySeverity[mildest].pop();
    }
    this.nodesDone.set(probe, (this.nodesDone.get(probe) ?? 0) + 1);
    this.done++;
    this.emit({ kind: "findings", findings });
    this.emit({ kind: "progress" });
  }

  /** Probes that won't run: the node was removed, or the run stopped. */
  skip(probes: number): void {
    this.done += probes;
    this.emit({ kind: "progress" });
  }

  move(state: DiagnosticState): void {
    this.state = state;
    this.emit({ kind: "progress" });
  }

  /** The worst ones, worst first. */
  findings(): Finding[] {
    return WORST_FIRST.flatMap((severity) => worstFirst(this.bySeverity[severity]));
  }

  snapshot(): Diagnostic {
    return { ...this.progress(), findings: this.findings() };
  }

  progress(): Progress {
    const { id, state, plan, total, done, endedMs } = this;
    return {
      id,
      state,
      actor: plan.actor.name,
      probes: [...plan.probes],
      nodes: plan.nodes.length,
      total,
      done,
      startedMs: plan.startedMs,
      endedMs,
      nodesDone: Object.fromEntries(this.nodesDone),
    };
  }

  /** The result, for the audit. */
  summary(): string {
    const { critical, warning, info, ok } = this.counts;
    const counts = `${critical} critical, ${warning} warning, ${info} info, ${ok} ok`;
    const cancelled = this.cancelledBy === null ? "" : `cancelled by ${this.cancelledBy} after `;
    const unsaved = this.unsaved === 0 ? "" : `; ${counted(this.unsaved, "finding")} could not be saved`;
    return `${cancelled}${this.done} of ${this.total} probes: ${counts}${unsaved}`;
  }

  /** Returns a function that stops listening. */
  follow(listener: (event: RunEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private emit(event: RunEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}
