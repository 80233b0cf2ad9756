import { catalogueOf } from "@/lib/metrics/catalogue";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.catalogue, ({ runtime }) => catalogueOf(runtime.reports()));
