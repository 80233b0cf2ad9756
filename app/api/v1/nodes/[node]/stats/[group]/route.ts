import { groupParam, nodeParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import type { StatsEntries } from "@/lib/memcached/contract";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.stats, async ({ runtime, params }) => {
  const group = groupParam(params);
  const entries = await runtime.record(nodeParam(params)).client.stats(group);
  return { atMs: Date.now(), group, entries: firstOfEach(entries) };
});

/** memcached 1.4 sends some names twice; the first is the right one. */
function firstOfEach(entries: StatsEntries): Record<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of entries) if (!first.has(name)) first.set(name, value);
  return Object.fromEntries(first);
}
