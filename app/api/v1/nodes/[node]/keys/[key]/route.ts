import { keyParam, pathParam } from "@/lib/http/params";
import { noStoreResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { lookUpKey } from "@/lib/keys/look-up";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.key, async ({ runtime, params, query }) => {
  const key = keyParam(params, query.keyEncoding);
  return noStoreResponse(await lookUpKey(runtime.directory.record(pathParam(params, "node")).client, key));
});
