import { textReply } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.ready, ({ runtime }) => {
  const reason = runtime.notReady();
  return reason === null ? textReply("ready\n") : textReply(`${reason}\n`, 503);
});
