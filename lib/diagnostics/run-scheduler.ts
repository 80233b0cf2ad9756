/**
 * Schedules active runs. They alternate node by node, and no node is tested twice at once: a small run never waits for a
 * large one to end.
 */
import { asNamedError } from "@/lib/model/errors";
import { phrase } from "@/lib/model/findings/phrases";
import type { Marker } from "@/lib/model/series.schema";
import type { AuditRecords } from "@/lib/records/audit";
import type { FindingChange } from "@/lib/records/tables/finding-writes";
import type { Probe } from "./contract";
import type { FindingRepository, KnownNode } from "./finding-repository";
import { changeText, type ProbeInput, ProbeSession, type RemediesOf, unsavedFindings } from "./probe-session";
import type { DiagnosticRun } from "./run";
import type { Outcome } from "./run-probe";

export interface RunSchedulerOptions {
  readonly audit: Pick<AuditRecords, "intend" | "outcome">;
  readonly repository: FindingRepository;
  readonly probes: readonly Probe[];
  readonly remediesOf: RemediesOf;
  /** A configured node; null when it was removed from the configuration. */
  readonly input: (id: string) => ProbeInput | null;
  /** Receives markers to save. */
  readonly onMarkers: (markers: readonly Marker[]) => void;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

/** Nodes tested at once. */
const CONCURRENCY = 32;

export class RunScheduler {
  /** Oldest first. */
  private readonly active = new Set<DiagnosticRun>();
  /** Nodes under test. */
  private readonly busy = new Set<string>();
  private readonly pending = new Set<Promise<void>>();
  /** Id of the run that was scheduled last; the one after it is next. */
  private lastRun = 0;
  private closed = false;

  constructor(private readonly options: RunSchedulerOptions) {}

  /** Runs that have not ended. */
  get size(): number {
    return this.active.size;
  }

  add(run: DiagnosticRun): void {
    this.active.add(run);
    if (run.waiting.length === 0) this.track(this.finish(run));
    this.pump();
  }

  /** Starts no further probe of the run; active ones finish, and count. */
  stop(run: DiagnosticRun, by: string): void {
    if (run.finishing || run.cancelledBy !== null) return;
    run.cancelledBy = by;
    run.waiting.length = 0;
    run.move("cancelled");
    if (run.active === 0) this.track(this.finish(run));
  }

  /** Starts nothing more, and aborts active probes. */
  close(): void {
    this.closed = true;
    for (const run of this.active) {
      this.stop(run, "Memfleet's shutdown");
      run.aborter.abort();
    }
  }

  /** Resolves when active runs have ended and are saved. */
  async settled(): Promise<void> {
    while (this.pending.size > 0) await Promise.all(this.pending);
  }

  /** Starts tests up to the limit, one node of each run in turn. */
  private pump(): void {
    while (!this.closed && this.busy.size < CONCURRENCY) {
      const next = this.next();
      if (next === null) return;
      const { run, node } = next;
      this.busy.add(node.id);
      this.lastRun = Number(run.id);
      run.active++;
      if (run.state === "queued") run.move("running");
      this.track(
        this.test(run, node).finally(() => {
          this.busy.delete(node.id);
          this.pump();
        }),
      );
    }
  }

  private next(): { run: DiagnosticRun; node: KnownNode } | null {
    const waiting = [...this.active].filter((run) => run.waiting.length > 0);
    const first = waiting.findIndex((run) => Number(run.id) > this.lastRun);
    const ordered = first < 0 ? waiting : [...waiting.slice(first), ...waiting.slice(0, first)];
    for (const run of ordered) {
      const index = run.waiting.findIndex((node) => !this.busy.has(node.id));
      const [node] = index < 0 ? [] : run.waiting.splice(index, 1);
      if (node !== undefined) return { run, node };
    }
    return null;
  }

  private async test(run: DiagnosticRun, node: KnownNode): Promise<void> {
    const changes: FindingChange[] = [];
    let started = 0;
    try {
      const input = this.options.input(node.id);
      if (input === null) return;
      const { repository, remediesOf, onDefect } = this.options;
      const session = new ProbeSession(input, repository, remediesOf, onDefect);
      for (const name of run.plan.probes) {
        const probe = this.options.probes.find((candidate) => candidate.name === name);
        if (probe === undefined || run.state !== "running") break;
        started++;
        changes.push(...(await this.probe(run, node, session, probe)));
      }
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      if (run.state === "running") run.skip(run.plan.probes.length - started);
      if (changes.length > 0) this.addMarker(node.id, changes);
      run.active--;
      if (run.active === 0 && run.waiting.length === 0) await this.finish(run);
    }
  }

  private async probe(
    run: DiagnosticRun,
    node: KnownNode,
    session: ProbeSession,
    probe: Probe,
  ): Promise<readonly FindingChange[]> {
    const { nowMs } = this.options;
    const context = { nowMs, signal: run.aborter.signal, udpPayload: run.plan.udpPayload };
    const audit = probe.name === "round-trip" ? await this.intendRoundTrip(run, node) : null;
    const outcome: Outcome =
      audit === false
        ? { kind: "inconclusive", reason: phrase("auditUnavailable") }
        : await session.run(probe, context);
    if (typeof audit === "number") await this.concludeRoundTrip(audit, outcome);
    // Memfleet's shutdown proves nothing about the node.
    if (outcome.kind === "inconclusive" && context.signal.aborted) return [];
    return this.record(run, node, session, probe, outcome);
  }

  /** Adds the findings to the repository and the run; those that can't be saved, to the run only. */
  private async record(
    run: DiagnosticRun,
    node: KnownNode,
    session: ProbeSession,
    probe: Probe,
    outcome: Outcome,
  ): Promise<readonly FindingChange[]> {
    const atMs = this.options.nowMs();
    try {
      const { findings, changes } = await session.save(probe, outcome, atMs);
      run.add(probe.name, findings);
      return changes;
    } catch (error) {
      if (asNamedError(error) === null) this.options.onDefect(error);
      const findings = unsavedFindings(probe, outcome, node, atMs);
      run.unsaved += findings.length;
      run.add(probe.name, findings);
      return [];
    }
  }

  /** The id of the audit entry; false when it can't be written: then nothing may be sent. */
  private async intendRoundTrip(run: DiagnosticRun, node: KnownNode): Promise<number | false> {
    try {
      const { id } = await this.options.audit.intend({
        actor: run.plan.actor,
        kind: "round_trip",
        target: node.id,
        input: { run: run.id },
      });
      return id;
    } catch (error) {
      if (asNamedError(error) === null) this.options.onDefect(error);
      return false;
    }
  }

  private async concludeRoundTrip(audit: number, outcome: Outcome): Promise<void> {
    const [check] = outcome.kind === "checked" ? outcome.checks : [];
    const detail = outcome.kind === "checked" ? (check?.title ?? "") : outcome.reason;
    await this.conclude(audit, check?.verdict === "pass" ? "done" : "failed", detail);
  }

  /** Writes the audit first: a reader who sees the run ended finds it there. */
  private async finish(run: DiagnosticRun): Promise<void> {
    if (run.finishing) return;
    run.finishing = true;
    const cancelled = run.state === "cancelled";
    await this.conclude(run.plan.audit, cancelled ? "cancelled" : "done", run.summary());
    run.endedMs = this.options.nowMs();
    this.active.delete(run);
    run.move(cancelled ? "cancelled" : "done");
  }

  private async conclude(
    audit: number,
    outcome: "done" | "failed" | "cancelled",
    detail: string,
  ): Promise<void> {
    try {
      await this.options.audit.outcome(audit, outcome, detail);
    } catch (error) {
      // The entry stays `unknown`, which is true.
      if (asNamedError(error) === null) this.options.onDefect(error);
    }
  }

  private addMarker(node: string, changes: readonly FindingChange[]): void {
    this.options.onMarkers([
      { atMs: this.options.nowMs(), node, kind: "finding", text: changeText(changes) },
    ]);
  }

  private track(work: Promise<void>): void {
    const tracked: Promise<void> = work.catch(this.options.onDefect).finally(() => {
      this.pending.delete(tracked);
    });
    this.pending.add(tracked);
  }
}
