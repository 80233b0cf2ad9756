import { poolBalance } from "@/lib/collector/compare/pool-balance";
import { poolParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { NotFoundError } from "@/lib/model/errors";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.poolBalance, ({ runtime, params }) => {
  const name = poolParam(params);
  const { pools, nodes } = runtime.configuration;
  const pool = pools.find((one) => one.name === name);
  if (pool === undefined) throw new NotFoundError(`no pool named ${name} is configured`);
  return poolBalance(pool, nodes, (id) => runtime.node(id), Date.now());
});
