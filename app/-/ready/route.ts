import { textResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.ready, ({ runtime }) => {
  const reason = runtime.notReady();
  if (reason !== null) return textResponse(`${reason}\n`, 503);
  return textResponse(["ready", ...runtime.impairments(), ""].join("\n"));
});
