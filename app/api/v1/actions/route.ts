import { auditDeniedAction } from "@/lib/http/audit-denied-action";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.actions, ({ runtime, query }) => runtime.actions.list(query));

export const POST = route(
  ENDPOINTS.act,
  (call) => call.runtime.actions.begin(actorOf(call), call.body),
  auditDeniedAction,
);
