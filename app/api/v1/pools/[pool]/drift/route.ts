import { poolDrift } from "@/lib/collector/pool-drift";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { poolParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.poolDrift, ({ runtime, params }) => {
  const pool = poolParam(params);
  return poolDrift(pool, runtime.members(pool), Date.now());
});
