import { findingsResponse } from "@/lib/http/findings";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.diagnostics, ({ runtime, request, query }) =>
  findingsResponse(runtime, request, query),
);

export const POST = route(ENDPOINTS.diagnose, (call) =>
  call.runtime.diagnostics.begin(actorOf(call), call.body),
);
