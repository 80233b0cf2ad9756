/** One node in a run: its probes in order, with shared stats. */
import { hostname } from "node:os";
import { once } from "@/lib/concurrency/once";
import { localAddressTowards } from "@/lib/memcached/connection/local-address";
import { NOT_CHECKED } from "@/lib/model/findings/finding";
import type { Finding, Remedy } from "@/lib/model/findings/finding.schema";
import type { NewFindingRow } from "@/lib/records/tables/finding-rows";
import type { FindingChange } from "@/lib/records/tables/finding-writes";
import { unknown } from "./check-builders";
import type { Check, Probe, ProbeContext, ProbeTarget } from "./contract";
import type { FindingRepository, SavedFindings } from "./finding-repository";
import { exposureOf } from "./probes/listeners/scopes";
import { type Outcome, runProbe } from "./run-probe";
import { readSharedStats } from "./shared-stats";

/** What a run must be given about a node; it reads the rest. */
export type ProbeInput = Pick<ProbeTarget, "node" | "view" | "client" | "peers" | "recent">;

/** Remedies for a check that is not ok. Sends nothing to the node: it was read already. */
export type RemediesOf = (check: Check, target: ProbeTarget) => Promise<readonly Remedy[]>;

const LOCAL_ADDRESS_DEADLINES = { connectTimeoutMs: 1_000, timeoutMs: 1_500 };

export class ProbeSession {
  readonly target: ProbeTarget;
  private readonly probedFrom: () => Promise<string>;

  constructor(
    input: ProbeInput,
    private readonly repository: FindingRepository,
    private readonly remediesOf: RemediesOf,
    private readonly onDefect: (error: unknown) => void,
  ) {
    const stats = once(() => readSharedStats(input.client));
    this.target = { ...input, stats, exposure: async () => exposureOf(await stats()) };
    this.probedFrom = once(async () => {
      const address = await localAddressTowards(input.node.endpoint, LOCAL_ADDRESS_DEADLINES);
      return address === null ? hostname() : `${hostname()} (${address})`;
    });
  }

  run(probe: Probe, context: ProbeContext): Promise<Outcome> {
    return runProbe(probe, this.target, context, this.onDefect);
  }

  /** Saves the outcome of a probe; returns the saved findings, and which changed their severity. */
  async save(probe: Probe, outcome: Outcome, atMs: number): Promise<SavedFindings> {
    const { node } = this.target;
    const probedFrom = await this.probedFrom();
    if (outcome.kind === "inconclusive") {
      const rows = [this.row(inconclusiveCheck(outcome.reason), [], probedFrom, "", atMs)];
      return this.repository.put(node.pool, { kind: "unasked", node: node.id, probe: probe.name, rows });
    }
    const { general } = await this.target.stats();
    const version = storedVersion(general?.get("version") ?? this.target.view.version);
    const rows: NewFindingRow[] = [];
    for (const check of outcome.checks) {
      const remedies = check.severity === "ok" ? [] : await this.remediesOf(check, this.target);
      rows.push(this.row(check, remedies, probedFrom, version, atMs));
    }
    return this.repository.put(node.pool, { kind: "checked", node: node.id, probe: probe.name, rows });
  }

  private row(
    check: Check,
    remedies: readonly Remedy[],
    probedFrom: string,
    version: string,
    atMs: number,
  ): NewFindingRow {
    const { check: name, verdict, severity, title, figures = {}, evidence } = check;
    return {
      check: name,
      verdict,
      severity,
      title,
      atMs,
      probedFrom,
      version,
      figures: JSON.stringify(figures),
      evidence: JSON.stringify(evidence),
      remedy: JSON.stringify(remedies),
    };
  }
}

/** The version that a finding, and a mark as patched, apply to; empty when unknown. */
export function storedVersion(version: string | null | undefined): string {
  return (version ?? "").slice(0, 64);
}

function inconclusiveCheck(reason: string): Check {
  return unknown(reason.slice(0, 900), { check: NOT_CHECKED, evidence: { reason } });
}

/** Findings as a run shows them when they can't be saved: without the previous result. */
export function unsavedFindings(
  probe: Probe,
  outcome: Outcome,
  { id, pool }: { readonly id: string; readonly pool: string },
  atMs: number,
): Finding[] {
  const checks = outcome.kind === "checked" ? outcome.checks : [inconclusiveCheck(outcome.reason)];
  return checks.map(({ check, verdict, severity, title, figures = {}, evidence }) => ({
    node: id,
    pool,
    probe: probe.name,
    check,
    verdict,
    severity,
    title,
    figures: { ...figures },
    evidence,
    remedy: [],
    atMs,
    probedFrom: hostname(),
    patched: null,
    previous: null,
  }));
}

/** `udp-answers: ok → critical`, several separated by commas; a missing check counts as `ok`. */
export function changeText(changes: readonly FindingChange[]): string {
  const texts = changes.map(({ check, before, after }) => `${check}: ${before ?? "ok"} → ${after ?? "ok"}`);
  const shown = texts.slice(0, 5);
  const more = texts.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? `, ${more} more` : ""}`.slice(0, 500);
}
