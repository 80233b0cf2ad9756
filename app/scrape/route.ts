import { scrapeReply } from "@/lib/exposition";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.scrape, ({ runtime, query }) => scrapeReply(runtime, query.target));
