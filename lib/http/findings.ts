/**
 * Findings as a response: in one piece where they are few, else streamed a page at a time, each when the reader has
 * taken the one before. The findings of a fleet with their evidence and remedies are too much to hold in memory.
 */
import "server-only";
import type { FindingsList } from "@/lib/diagnostics/service";
import type { FindingForm } from "@/lib/model/findings/finding";
import { CSV_HEAD, findingsCsvRows } from "@/lib/model/findings/finding-csv";
import type { FindingsQuery } from "@/lib/model/http/queries";
import type { Runtime } from "@/lib/server/runtime";
import { attachment, CSV_TYPE, JSON_TYPE, jsonResponse, wantsCsv } from "./responses";
import { textStream } from "./text-stream";

/** @throws NotFoundError, InputError */
export async function findingsResponse(
  runtime: Runtime,
  request: Request,
  query: FindingsQuery,
): Promise<Response> {
  const { diagnostics } = runtime;
  if (query.download === "csv" || (query.download === undefined && wantsCsv(request))) {
    const list = await diagnostics.list(query, "report");
    return textStream(csvText(list), attachment(CSV_TYPE, "memfleet-findings.csv"));
  }
  const list = await diagnostics.list(query, query.form ?? "whole");
  if (query.download === "json") {
    return textStream(jsonText(list), attachment(JSON_TYPE, "memfleet-findings.json"));
  }
  if (query.limit === undefined && list.first.nextCursor !== null) {
    return textStream(jsonText(list), { "content-type": JSON_TYPE });
  }
  const findings: unknown[] = [...list.first.findings];
  let { nextCursor } = list.first;
  for await (const page of list.rest) {
    findings.push(...page.findings);
    nextCursor = page.nextCursor;
  }
  return jsonResponse(request, { ...list.summary, nextCursor, findings });
}

/** The summary comes first, so that a reader of the stream has the counts before the findings. */
async function* jsonText({ summary, first, rest }: FindingsList<FindingForm>): AsyncGenerator<string> {
  let { nextCursor } = first;
  yield `${JSON.stringify(summary).slice(0, -1)},"findings":[${elements(first.findings)}`;
  for await (const page of rest) {
    nextCursor = page.nextCursor;
    if (page.findings.length > 0) yield `,${elements(page.findings)}`;
  }
  yield `],"nextCursor":${JSON.stringify(nextCursor)}}\n`;
}

function elements(findings: readonly unknown[]): string {
  return findings.map((finding) => JSON.stringify(finding)).join(",");
}

async function* csvText({ first, rest }: FindingsList<"report">): AsyncGenerator<string> {
  yield CSV_HEAD + findingsCsvRows(first.findings);
  for await (const { findings } of rest) if (findings.length > 0) yield findingsCsvRows(findings);
}
