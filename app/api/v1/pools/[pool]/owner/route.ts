import { route } from "@/lib/http/route";
import { findOwner } from "@/lib/keys/owner";
import { keyBytes } from "@/lib/memcached/key-bytes";
import { NotFoundError } from "@/lib/model/errors";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.keyOwner, ({ runtime, params, query }) => {
  const key = keyBytes(query.key, query.keyEncoding);
  const { pools, nodes } = runtime.configuration;
  const pool = pools.find(({ name }) => name === params.pool);
  if (pool === undefined) throw new NotFoundError(`no pool named ${params.pool} is configured`);
  const members = nodes
    .filter((node) => node.pool === pool.name)
    .map(({ id, endpoint }) => ({ address: endpoint.address, client: runtime.record(id).client }));
  return findOwner(pool, members, key);
});
