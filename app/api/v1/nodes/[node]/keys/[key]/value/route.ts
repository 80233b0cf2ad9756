import { fileNameOf } from "@/lib/keys/key-name";
import { wholeValue } from "@/lib/keys/look-up";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { attachmentReply } from "@/lib/reply";
import { route } from "@/lib/route";
import { keyParam, nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.keyValue, async ({ runtime, params, query }) => {
  const key = keyParam(params, query.keyEncoding);
  const value = await wholeValue(runtime.record(nodeParam(params)).client, key);
  return attachmentReply(value, fileNameOf(key));
});
