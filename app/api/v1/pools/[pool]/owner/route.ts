import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { findOwner } from "@/lib/keys/owner";
import { keyBytes } from "@/lib/memcached/key-bytes";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.keyOwner, ({ runtime: { directory }, params, query }) => {
  const key = keyBytes(query.key, query.keyEncoding);
  const pool = directory.pool(pathParam(params, "pool"));
  const members = directory.members(pool.name).map(({ id, endpoint, weight }) => ({
    address: endpoint.address,
    weight,
    client: directory.record(id).client,
  }));
  return findOwner(pool, members, key);
});
