import { csvResponse, jsonFileResponse, wantsCsv } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { auditCsv } from "@/lib/model/actions/audit-csv";
import { ENDPOINTS } from "@/lib/model/http/endpoints";
import { parseInstant } from "@/lib/model/window";

export const GET = route(ENDPOINTS.audit, async ({ runtime, request, query }) => {
  const { from, to, download, ...search } = query;
  const nowMs = Date.now();
  const audit = await runtime.audit.find({
    ...search,
    fromMs: from === undefined ? undefined : parseInstant("from", from, nowMs),
    toMs: to === undefined ? undefined : parseInstant("to", to, nowMs),
  });
  if (download === "json") return jsonFileResponse(audit, "memfleet-audit.json");
  const csv = download === "csv" || wantsCsv(request);
  return csv ? csvResponse(auditCsv(audit.entries), "memfleet-audit.csv") : audit;
});
