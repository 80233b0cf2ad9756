import { joinSlabs } from "@/lib/metrics/slabs";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.slabs, async ({ runtime, params }) => {
  const { client } = runtime.record(nodeParam(params));
  const [slabs, items, general] = await Promise.all([
    client.stats("slabs"),
    client.stats("items"),
    client.stats("general"),
  ]);
  return { atMs: Date.now(), ...joinSlabs(slabs, items, general) };
});
