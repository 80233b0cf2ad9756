import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { groupParam, nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.stats, async ({ runtime, params }) => {
  const group = groupParam(params);
  const entries = await runtime.record(nodeParam(params)).client.stats(group);
  return { atMs: Date.now(), group, entries: Object.fromEntries(entries) };
});
