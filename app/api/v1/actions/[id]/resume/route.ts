import { pathParam } from "@/lib/http/params";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const POST = route(ENDPOINTS.resumeAction, (call) =>
  call.runtime.actions.resume(actorOf(call), pathParam(call.params, "id")),
);
