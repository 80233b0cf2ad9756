import { ENDPOINTS } from "@/lib/model/endpoints";
import { findingsCsv } from "@/lib/model/finding-csv";
import { csvReply, wantsCsv } from "@/lib/reply";
import { actorOf, route } from "@/lib/route";

export const GET = route(ENDPOINTS.diagnostics, async ({ runtime, request, query }) => {
  const reply = await runtime.diagnostics.findings(query);
  return wantsCsv(request) ? csvReply(findingsCsv(reply.findings), "memfleet-findings.csv") : reply;
});

export const POST = route(ENDPOINTS.diagnose, (call) =>
  call.runtime.diagnostics.begin(actorOf(call), call.body),
);
