import { ENDPOINTS } from "@/lib/model/endpoints";
import { actorOf, route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const POST = route(ENDPOINTS.cancelAction, (call) =>
  call.runtime.actions.cancel(actorOf(call), idParam(call.params)),
);
