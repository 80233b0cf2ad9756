import { keyParam, nodeParam } from "@/lib/http/params";
import { unstoredReply } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { lookUp } from "@/lib/keys/look-up";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.key, async ({ runtime, params, query }) => {
  const key = keyParam(params, query.keyEncoding);
  return unstoredReply(await lookUp(runtime.record(nodeParam(params)).client, key));
});
