import type { FindingsPage, FindingsSummary } from "@/lib/diagnostics/finding-repository";
import type { DiagnosticsService } from "@/lib/diagnostics/service";
import type { FindingForm } from "@/lib/model/findings/finding";
import type { FindingsQuery } from "@/lib/model/http/queries";

/** Every page of a list in one piece, as the API returns a short list. */
export async function allFindings<Form extends FindingForm = "whole">(
  diagnostics: DiagnosticsService,
  query: FindingsQuery,
  form: Form = (query.form ?? "whole") as Form,
): Promise<FindingsSummary & FindingsPage<Form>> {
  const { summary, first, rest } = await diagnostics.list(query, form);
  const list = { ...summary, nextCursor: first.nextCursor, findings: [...first.findings] };
  for await (const page of rest) {
    list.findings.push(...page.findings);
    list.nextCursor = page.nextCursor;
  }
  return list;
}
