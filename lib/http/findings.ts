/**
 * Findings as an answer: as one piece where they are few, else streamed a page at a time, each when the reader has
 * taken the one before. A fleet's findings with their evidence and remedies are more than anybody should hold.
 */
import "server-only";
import type { FindingsList } from "@/lib/diagnostics/service";
import type { FindingForm } from "@/lib/model/findings/finding";
import { CSV_HEAD, findingsCsvRows } from "@/lib/model/findings/finding-csv";
import type { FindingsQuery } from "@/lib/model/http/queries";
import { logDefect } from "@/lib/server/lifecycle";
import type { Runtime } from "@/lib/server/runtime";
import { jsonResponse, wantsCsv } from "./responses";

const CSV = "text/csv; charset=utf-8";
const JSON_TYPE = "application/json; charset=utf-8";

/** @throws NotFoundError, InputError */
export async function findingsResponse(
  runtime: Runtime,
  request: Request,
  query: FindingsQuery,
): Promise<Response> {
  const { diagnostics } = runtime;
  if (query.download === "csv" || (query.download === undefined && wantsCsv(request))) {
    const list = await diagnostics.list(query, "report");
    return streamed(csvText(list), { "content-type": CSV, ...attachment("memfleet-findings.csv") });
  }
  const list = await diagnostics.list(query, query.form ?? "whole");
  if (query.download === "json") {
    return streamed(jsonText(list), { "content-type": JSON_TYPE, ...attachment("memfleet-findings.json") });
  }
  if (query.limit === undefined && list.first.nextCursor !== null) {
    return streamed(jsonText(list), { "content-type": JSON_TYPE });
  }
  const findings: unknown[] = [...list.first.findings];
  let { nextCursor } = list.first;
  for await (const page of list.rest) {
    findings.push(...page.findings);
    nextCursor = page.nextCursor;
  }
  return jsonResponse(request, { ...list.summary, nextCursor, findings });
}

/** The findings last but for the cursor: a reader of the stream has what was counted before them. */
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

function attachment(filename: string): Record<string, string> {
  return { "content-disposition": `attachment; filename="${filename}"` };
}

/** Answers that were begun cannot become a problem any more: they break off, and the client sees that. */
function streamed(text: AsyncGenerator<string>, headers: Readonly<Record<string, string>>): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await text.next();
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          logDefect(error);
          controller.error(error);
        }
      },
      async cancel() {
        await text.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: { ...headers, "cache-control": "no-store", "x-content-type-options": "nosniff" },
  });
}
