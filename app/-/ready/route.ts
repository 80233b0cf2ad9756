import { ENDPOINTS } from "@/lib/model/endpoints";
import { textReply } from "@/lib/reply";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.ready, ({ runtime }) => {
  const reason = runtime.notReady();
  return reason === null ? textReply("ready\n") : textReply(`${reason}\n`, 503);
});
