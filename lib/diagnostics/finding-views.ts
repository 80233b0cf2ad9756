/** Findings as they are told, from rows of the store, and their place in a list. */
import { invalidCursor, keysCursor, parseKeysCursor } from "@/lib/model/cursor";
import { type FindingForm, PROBES, SEVERITIES, VERDICTS } from "@/lib/model/findings/finding";
import type { BriefFinding, Finding, ReportedFinding } from "@/lib/model/findings/finding.schema";
import type { BriefRow, FindingPosition, FindingRow } from "@/lib/records/tables/finding-rows";

export interface FindingViews {
  readonly whole: Finding;
  readonly report: ReportedFinding;
  readonly brief: BriefFinding;
}

export type FindingContext<Form extends FindingForm> = FindingViews[Form];

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
        : { ...earlier(previous), title: previous.title, evidence: evidenceOf(previous) },
  };
}

export function briefFinding(row: BriefRow, pool: string): BriefFinding {
  const { node, check, title, probedFrom, patched, previous } = row;
  return {
    ...{ node, pool, check, title, probedFrom, patched },
    probe: known(PROBES, row.probe),
    ...earlier(row),
    figures: JSON.parse(row.figures) as Finding["figures"],
    previous: previous === null ? null : earlier(previous),
  };
}

function earlier(row: Pick<BriefRow, "verdict" | "severity" | "atMs">) {
  return {
    verdict: known(VERDICTS, row.verdict),
    severity: known(SEVERITIES, row.severity),
    atMs: row.atMs,
  };
}

function evidenceOf({ evidence }: { readonly evidence: string }): Finding["evidence"] {
  return JSON.parse(evidence) as Finding["evidence"];
}

/** What the store holds was written by us; a word of another version is a defect, not data. */
function known<Word extends string>(words: readonly Word[], text: string): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`memfleet.db holds an unknown word: ${text}`);
  return found;
}

/** Where a list goes on after this finding. */
export function findingCursor({ severity, probe, check, node }: FindingPosition): string {
  return keysCursor([severity, probe, check, node]);
}

/** @throws InputError for a cursor that is not ours */
export function parseFindingCursor(cursor: string): FindingPosition {
  const [severity, probe, check, node, ...more] = parseKeysCursor(cursor);
  const named = SEVERITIES.some((one) => one === severity) && PROBES.some((one) => one === probe);
  if (!named || typeof check !== "string" || typeof node !== "string" || more.length > 0) {
    throw invalidCursor(cursor);
  }
  return { severity: String(severity), probe: String(probe), check, node };
}
