import { poolBalance } from "@/lib/collector/compare/pool-balance";
import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.poolBalance, ({ runtime, params }) => {
  const { configuration, directory } = runtime;
  const pool = directory.pool(pathParam(params, "pool"));
  return poolBalance(pool, configuration.nodes, (id) => runtime.node(id), Date.now());
});
