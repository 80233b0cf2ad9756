import { findingsReply } from "@/lib/findings-reply";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { actorOf, route } from "@/lib/route";

export const GET = route(ENDPOINTS.diagnostics, ({ runtime, request, query }) =>
  findingsReply(runtime, request, query),
);

export const POST = route(ENDPOINTS.diagnose, (call) =>
  call.runtime.diagnostics.begin(actorOf(call), call.body),
);
