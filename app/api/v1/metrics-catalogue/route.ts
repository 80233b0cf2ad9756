import { route } from "@/lib/http/route";
import { catalogueOf } from "@/lib/metrics/catalogue";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.catalogue, ({ runtime }) => catalogueOf(runtime.reports()));
