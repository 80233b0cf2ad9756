import { route } from "@/lib/http/route";
import { targetGroups } from "@/lib/metrics/prometheus/targets";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.targets, ({ runtime }) => targetGroups(runtime.configuration.nodes));
