import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { joinSlabs } from "@/lib/metrics/slabs";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.slabs, async ({ runtime, params }) => {
  const { client } = runtime.directory.record(pathParam(params, "node"));
  const [slabs, items, general] = await Promise.all([
    client.stats("slabs"),
    client.stats("items"),
    client.stats("general"),
  ]);
  return { atMs: Date.now(), ...joinSlabs(slabs, items, general) };
});
