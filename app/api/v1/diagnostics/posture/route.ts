import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.posture, ({ runtime, query }) => runtime.diagnostics.posture(query));
