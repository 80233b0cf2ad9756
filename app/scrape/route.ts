import { scrapeResponse } from "@/lib/http/prometheus";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.scrape, ({ runtime, query }) => scrapeResponse(runtime, query.target));
