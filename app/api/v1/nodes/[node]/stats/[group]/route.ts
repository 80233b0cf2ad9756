import { groupParam, pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { firstOfEach } from "@/lib/metrics/stats-entries";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.stats, async ({ runtime, params }) => {
  const group = groupParam(params);
  const entries = await runtime.directory.record(pathParam(params, "node")).client.stats(group);
  return { atMs: Date.now(), group, entries: Object.fromEntries(firstOfEach(entries)) };
});
