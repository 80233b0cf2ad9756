import { poolDrift } from "@/lib/collector/compare/pool-consistency";
import { poolParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.poolDrift, ({ runtime, params }) => {
  const pool = poolParam(params);
  return poolDrift(pool, runtime.members(pool), Date.now());
});
