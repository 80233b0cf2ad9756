import { keyParam, pathParam } from "@/lib/http/params";
import { attachmentResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { fileNameOf } from "@/lib/keys/key-name";
import { readValue } from "@/lib/keys/look-up";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.keyValue, async ({ runtime, params, query }) => {
  const key = keyParam(params, query.keyEncoding);
  const value = await readValue(runtime.directory.record(pathParam(params, "node")).client, key);
  return attachmentResponse(value, fileNameOf(key));
});
