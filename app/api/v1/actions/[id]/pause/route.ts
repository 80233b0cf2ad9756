import { ENDPOINTS } from "@/lib/model/endpoints";
import { actorOf, route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const POST = route(ENDPOINTS.pauseAction, (call) =>
  call.runtime.actions.pause(actorOf(call), idParam(call.params)),
);
