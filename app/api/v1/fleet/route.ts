import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.fleet, ({ runtime, query }) => runtime.fleet(query));
