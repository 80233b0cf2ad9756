/**
 * Runs under way. They wait for each other node by node, a run after the other, and no node is under two tests at
 * once: a small run never waits for a large one to end.
 */
import { asNamedError } from "@/lib/model/errors";
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
  /** A configured node; null when it is configured no more. */
  readonly input: (id: string) => ProbeInput | null;
  /** Told of markers worth keeping. */
  readonly onMarkers: (markers: readonly Marker[]) => void;
  readonly nowMs: () => number;
  readonly onDefect: (error: unknown) => void;
}

/** Nodes under test at once. */
const CONCURRENCY = 32;

export class RunScheduler {
  /** Oldest first. */
  private readonly live = new Set<DiagnosticRun>();
  /** Nodes under test. */
  private readonly busy = new Set<string>();
  private readonly working = new Set<Promise<void>>();
  /** The run that was served last; the one after it is served next. */
  private served = 0;
  private closed = false;

  constructor(private readonly options: RunSchedulerOptions) {}

  /** Runs that have not ended. */
  get size(): number {
    return this.live.size;
  }

  add(run: DiagnosticRun): void {
    this.live.add(run);
    if (run.waiting.length === 0) this.track(this.finish(run));
    this.pump();
  }

  /** Starts no further probe of the run; those under way end, and count. */
  stop(run: DiagnosticRun, by: string): void {
    if (run.finishing || run.cancelledBy !== null) return;
    run.cancelledBy = by;
    run.waiting.length = 0;
    run.move("cancelled");
    if (run.active === 0) this.track(this.finish(run));
  }

  /** Starts nothing more, and ends what is under way. */
  close(): void {
    this.closed = true;
    for (const run of this.live) {
      this.stop(run, "the end of Memfleet");
      run.aborter.abort();
    }
  }

  /** Resolves when what runs now has ended and is kept. */
  async settled(): Promise<void> {
    while (this.working.size > 0) await Promise.all(this.working);
  }

  /** Begins as many nodes as may be under test at once, a run after the other. */
  private pump(): void {
    while (!this.closed && this.busy.size < CONCURRENCY) {
      const next = this.next();
      if (next === null) return;
      const { run, node } = next;
      this.busy.add(node.id);
      this.served = Number(run.id);
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
    const live = [...this.live].filter((run) => run.waiting.length > 0);
    const after = live.findIndex((run) => Number(run.id) > this.served);
    const turns = after < 0 ? live : [...live.slice(after), ...live.slice(0, after)];
    for (const run of turns) {
      const at = run.waiting.findIndex((node) => !this.busy.has(node.id));
      const [node] = at < 0 ? [] : run.waiting.splice(at, 1);
      if (node !== undefined) return { run, node };
    }
    return null;
  }

  private async test(run: DiagnosticRun, node: KnownNode): Promise<void> {
    const changes: FindingChange[] = [];
    let begun = 0;
    try {
      const subject = this.options.input(node.id);
      if (subject === null) return;
      const { repository: ledger, remediesOf, onDefect } = this.options;
      const tested = new ProbeSession(subject, ledger, remediesOf, onDefect);
      for (const name of run.plan.probes) {
        const probe = this.options.probes.find((one) => one.name === name);
        if (probe === undefined || run.state !== "running") break;
        begun++;
        changes.push(...(await this.probe(run, node, tested, probe)));
      }
    } catch (error) {
      this.options.onDefect(error);
    } finally {
      if (run.state === "running") run.skip(run.plan.probes.length - begun);
      if (changes.length > 0) this.mark(node.id, changes);
      run.active--;
      if (run.active === 0 && run.waiting.length === 0) await this.finish(run);
    }
  }

  private async probe(
    run: DiagnosticRun,
    node: KnownNode,
    tested: ProbeSession,
    probe: Probe,
  ): Promise<readonly FindingChange[]> {
    const { nowMs } = this.options;
    const context = { nowMs, signal: run.aborter.signal, udpPayload: run.plan.udpPayload };
    const audited = probe.name === "round-trip" ? await this.intendRoundTrip(run, node) : null;
    const outcome: Outcome =
      audited === false
        ? { kind: "unasked", reason: "the audit cannot be written" }
        : await tested.run(probe, context);
    if (typeof audited === "number") await this.concludeRoundTrip(audited, outcome);
    // That Memfleet ended says nothing about the node.
    if (outcome.kind === "unasked" && context.signal.aborted) return [];
    return this.record(run, node, tested, probe, outcome);
  }

  /** The findings into the ledger and the run. What cannot be kept is shown in the run alone. */
  private async record(
    run: DiagnosticRun,
    node: KnownNode,
    tested: ProbeSession,
    probe: Probe,
    outcome: Outcome,
  ): Promise<readonly FindingChange[]> {
    const atMs = this.options.nowMs();
    try {
      const { findings, changes } = await tested.save(probe, outcome, atMs);
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

  /** The audit's entry; false when it cannot be written: nothing may be sent then. */
  private async intendRoundTrip(run: DiagnosticRun, node: KnownNode): Promise<number | false> {
    try {
      const note = {
        actor: run.plan.actor,
        kind: "round_trip",
        target: node.id,
        input: { run: run.id },
      } as const;
      return (await this.options.audit.intend(note)).id;
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

  /** The outcome first: whoever sees a run ended finds it in the audit. */
  private async finish(run: DiagnosticRun): Promise<void> {
    if (run.finishing) return;
    run.finishing = true;
    const cancelled = run.state === "cancelled";
    await this.conclude(run.plan.audit, cancelled ? "cancelled" : "done", run.summary());
    run.endedMs = this.options.nowMs();
    this.live.delete(run);
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
      // The entry stays `unknown`, which is what is true of it then.
      if (asNamedError(error) === null) this.options.onDefect(error);
    }
  }

  private mark(node: string, changes: readonly FindingChange[]): void {
    this.options.onMarkers([
      { atMs: this.options.nowMs(), node, kind: "finding", text: changeText(changes) },
    ]);
  }

  private track(work: Promise<void>): void {
    const tracked: Promise<void> = work.catch(this.options.onDefect).finally(() => {
      this.working.delete(tracked);
    });
    this.working.add(tracked);
  }
}
