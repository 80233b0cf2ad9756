import { ENDPOINTS } from "@/lib/model/endpoints";
import { actorOf, route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const POST = route(ENDPOINTS.resumeAction, (call) =>
  call.runtime.actions.resume(actorOf(call), idParam(call.params)),
);
