import { targetGroups } from "@/lib/metrics/exposition/targets";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.targets, ({ runtime }) => targetGroups(runtime.configuration.nodes));
