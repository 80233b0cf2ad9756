import { ENDPOINTS } from "@/lib/model/endpoints";
import { emptyReply } from "@/lib/reply";
import { actorOf, route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const DELETE = route(ENDPOINTS.revokeShare, async (call) => {
  await call.runtime.shares.revoke(actorOf(call), idParam(call.params));
  return emptyReply();
});
