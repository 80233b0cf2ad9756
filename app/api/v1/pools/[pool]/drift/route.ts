import { poolConsistency } from "@/lib/collector/compare/pool-consistency";
import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.poolDrift, ({ runtime: { directory }, params }) => {
  const pool = pathParam(params, "pool");
  const members = directory.members(pool).map(({ id }) => directory.compared(id));
  return poolConsistency(pool, members, Date.now());
});
