import { pathParam } from "@/lib/http/params";
import { emptyResponse } from "@/lib/http/responses";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const DELETE = route(ENDPOINTS.revokeShare, async (call) => {
  await call.runtime.shares.revoke(actorOf(call), pathParam(call.params, "id"));
  return emptyResponse();
});
