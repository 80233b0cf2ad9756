import { metricsReply } from "@/lib/exposition";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.metrics, ({ runtime }) => metricsReply(runtime));
