import { ENDPOINTS } from "@/lib/model/endpoints";
import { keepRefusedAction } from "@/lib/refused-action";
import { actorOf, route } from "@/lib/route";

export const GET = route(ENDPOINTS.actions, ({ runtime, query }) => runtime.actions.list(query));

export const POST = route(
  ENDPOINTS.act,
  (call) => call.runtime.actions.begin(actorOf(call), call.body),
  keepRefusedAction,
);
