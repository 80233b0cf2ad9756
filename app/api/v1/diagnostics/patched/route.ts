import { ENDPOINTS } from "@/lib/model/endpoints";
import { emptyReply } from "@/lib/reply";
import { actorOf, route } from "@/lib/route";

export const POST = route(ENDPOINTS.markPatched, async (call) => {
  await call.runtime.diagnostics.markPatched(actorOf(call), call.body);
  return emptyReply();
});
