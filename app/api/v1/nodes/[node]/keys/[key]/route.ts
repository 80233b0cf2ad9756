import { lookUp } from "@/lib/keys/look-up";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { unstoredReply } from "@/lib/reply";
import { route } from "@/lib/route";
import { keyParam, nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.key, async ({ runtime, params, query }) => {
  const key = keyParam(params, query.keyEncoding);
  return unstoredReply(await lookUp(runtime.record(nodeParam(params)).client, key));
});
