import { groupConnections } from "@/lib/metrics/connections";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.connections, async ({ runtime, params }) => {
  const entries = await runtime.record(nodeParam(params)).client.stats("conns");
  return { atMs: Date.now(), ...groupConnections(entries) };
});
