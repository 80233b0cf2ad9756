/** One node's turn in a run: its probes one after the other, sharing what it was asked. */
import { hostname } from "node:os";
import { once } from "@/lib/concurrency/once";
import { localAddressTowards } from "@/lib/memcached/connection/local-address";
import { NOT_CHECKED } from "@/lib/model/findings/finding";
import type { Finding, Remedy } from "@/lib/model/findings/finding.schema";
import type { NewFindingRow } from "@/lib/records/tables/finding-rows";
import type { FindingChange } from "@/lib/records/tables/finding-writes";
import type { Check, Probe, ProbeContext, ProbeTarget } from "./contract";
import type { FindingRepository, StoredFinding } from "./finding-repository";
import { exposureOf } from "./probes/listeners/scopes";
import { type Outcome, runProbe } from "./run-probe";
import { readSharedStats } from "./shared-stats";

/** What a run needs to be given of a node; the rest is asked. */
export type ProbeInput = Pick<ProbeTarget, "node" | "view" | "client" | "peers" | "recent">;

/** What to do about a check that is not ok. Pure: the target has been asked already. */
export type RemediesOf = (check: Check, target: ProbeTarget) => Promise<readonly Remedy[]>;

const TOWARDS = { connectTimeoutMs: 1_000, timeoutMs: 1_500 };

export class ProbeSession {
  readonly target: ProbeTarget;
  private readonly from: () => Promise<string>;

  constructor(
    subject: ProbeInput,
    private readonly repository: FindingRepository,
    private readonly remediesOf: RemediesOf,
    private readonly onDefect: (error: unknown) => void,
  ) {
    const statements = once(() => readSharedStats(subject.client));
    this.target = {
      ...subject,
      stats: statements,
      exposure: async () => exposureOf(await statements()),
    };
    this.from = once(async () => {
      const address = await localAddressTowards(subject.node.endpoint, TOWARDS);
      return address === null ? hostname() : `${hostname()} (${address})`;
    });
  }

  run(probe: Probe, context: ProbeContext): Promise<Outcome> {
    return runProbe(probe, this.target, context, this.onDefect);
  }

  /** Keeps what a probe found; the findings as they are kept, and what is worse or better. */
  async save(probe: Probe, outcome: Outcome, atMs: number): Promise<StoredFinding> {
    const { node } = this.target;
    const probedFrom = await this.from();
    if (outcome.kind === "unasked") {
      const row = this.row(inconclusiveCheck(outcome.reason), [], probedFrom, "", atMs);
      return this.repository.put(node.pool, {
        kind: "unasked",
        node: node.id,
        probe: probe.name,
        rows: [row],
      });
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
      ...{ check: name, verdict, severity, title, atMs, probedFrom, version },
      figures: JSON.stringify(figures),
      evidence: JSON.stringify(evidence),
      remedy: JSON.stringify(remedies),
    };
  }
}

/** The version that a finding, and somebody's word on it, belong to; empty when it is not known. */
export function storedVersion(version: string | null | undefined): string {
  return (version ?? "").slice(0, 64);
}

function inconclusiveCheck(reason: string): Check {
  return {
    check: NOT_CHECKED,
    verdict: "unknown",
    severity: "info",
    title: `Nothing can be said: ${reason}`.slice(0, 1_000),
    figures: { reason },
    evidence: { reason },
  };
}

/** Findings as a run shows them when they cannot be kept: nothing is known of the time before. */
export function unsavedFindings(
  probe: Probe,
  outcome: Outcome,
  { id, pool }: { readonly id: string; readonly pool: string },
  atMs: number,
): Finding[] {
  const checks = outcome.kind === "checked" ? outcome.checks : [inconclusiveCheck(outcome.reason)];
  return checks.map(({ check, verdict, severity, title, figures = {}, evidence }) => ({
    ...{
      node: id,
      pool,
      probe: probe.name,
      check,
      verdict,
      severity,
      title,
      figures: { ...figures },
      evidence,
    },
    ...{ remedy: [], atMs, probedFrom: hostname(), patched: null, previous: null },
  }));
}

/** `udp-answers: ok → critical`, several separated by commas; a check that is not there is as good as `ok`. */
export function changeText(changes: readonly FindingChange[]): string {
  const words = changes.map(({ check, before, after }) => `${check}: ${before ?? "ok"} → ${after ?? "ok"}`);
  const shown = words.slice(0, 5);
  const more = words.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? `, ${more} more` : ""}`.slice(0, 500);
}
