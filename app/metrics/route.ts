import { metricsResponse } from "@/lib/http/prometheus";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.metrics, ({ runtime }) => metricsResponse(runtime));
