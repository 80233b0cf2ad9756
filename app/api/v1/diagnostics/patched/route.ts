import { emptyResponse } from "@/lib/http/responses";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const POST = route(ENDPOINTS.markPatched, async (call) => {
  await call.runtime.diagnostics.markPatched(actorOf(call), call.body);
  return emptyResponse();
});
