import { textResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.ready, ({ runtime }) => {
  const reason = runtime.notReady();
  return reason === null ? textResponse("ready\n") : textResponse(`${reason}\n`, 503);
});
