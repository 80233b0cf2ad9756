import { nodeParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { groupConnections } from "@/lib/metrics/connections";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.connections, async ({ runtime, params }) => {
  const entries = await runtime.record(nodeParam(params)).client.stats("conns");
  return { atMs: Date.now(), ...groupConnections(entries) };
});
