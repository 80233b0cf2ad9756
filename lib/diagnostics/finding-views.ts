/** Findings as the API returns them, from rows of the store, and the cursors of their list. */
import { invalidCursor, keysCursor, parseKeysCursor } from "@/lib/model/cursor";
import { type FindingForm, PROBES, SEVERITIES, VERDICTS } from "@/lib/model/findings/finding";
import type { BriefFinding, Finding, ReportedFinding } from "@/lib/model/findings/finding.schema";
import type { BriefRow, FindingPosition, FindingRow } from "@/lib/records/tables/finding-rows";

export interface FindingViews {
  readonly whole: Finding;
  readonly report: ReportedFinding;
  readonly brief: BriefFinding;
}

export type FindingView<Form extends FindingForm> = FindingViews[Form];

export function wholeFinding(row: FindingRow, pool: string): Finding {
  return { ...reportedFinding(row, pool), remedy: JSON.parse(row.remedy) as Finding["remedy"] };
}

export function reportedFinding(row: FindingRow, pool: string): ReportedFinding {
  const { previous } = row;
  return {
    ...briefFinding(row, pool),
    evidence: evidenceOf(row),
    previous:
      previous === null
        ? null
        : { ...resultOf(previous), title: previous.title, evidence: evidenceOf(previous) },
  };
}

export function briefFinding(row: BriefRow, pool: string): BriefFinding {
  const { node, check, title, probedFrom, patched, previous } = row;
  return {
    node,
    pool,
    check,
    title,
    probedFrom,
    patched,
    probe: knownValue(PROBES, row.probe),
    ...resultOf(row),
    figures: JSON.parse(row.figures) as Finding["figures"],
    previous: previous === null ? null : resultOf(previous),
  };
}

function resultOf(row: Pick<BriefRow, "verdict" | "severity" | "atMs">) {
  return {
    verdict: knownValue(VERDICTS, row.verdict),
    severity: knownValue(SEVERITIES, row.severity),
    atMs: row.atMs,
  };
}

function evidenceOf({ evidence }: { readonly evidence: string }): Finding["evidence"] {
  return JSON.parse(evidence) as Finding["evidence"];
}

/** Memfleet wrote the rows itself: an unknown value is a defect, not data. */
export function knownValue<Value extends string>(values: readonly Value[], text: string): Value {
  const value = values.find((candidate) => candidate === text);
  if (value === undefined) throw new Error(`memfleet.db holds an unknown value: ${text}`);
  return value;
}

/** The cursor after this finding. */
export function findingCursor({ severity, probe, check, node }: FindingPosition): string {
  return keysCursor([severity, probe, check, node]);
}

/** @throws InputError for an invalid cursor */
export function parseFindingCursor(cursor: string): FindingPosition {
  const [severity, probe, check, node, ...more] = parseKeysCursor(cursor);
  const valid = SEVERITIES.some((value) => value === severity) && PROBES.some((name) => name === probe);
  if (!valid || typeof check !== "string" || typeof node !== "string" || more.length > 0) {
    throw invalidCursor(cursor);
  }
  return { severity: String(severity), probe: String(probe), check, node };
}
