import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { groupConnections } from "@/lib/metrics/connections";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.connections, async ({ runtime, params }) => {
  const entries = await runtime.directory.record(pathParam(params, "node")).client.stats("conns");
  return { atMs: Date.now(), ...groupConnections(entries) };
});
