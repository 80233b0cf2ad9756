import { pathParam } from "@/lib/http/params";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const POST = route(ENDPOINTS.cancelAction, (call) =>
  call.runtime.actions.cancel(actorOf(call), pathParam(call.params, "id")),
);
