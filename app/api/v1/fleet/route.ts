import { encodeFleet } from "@/lib/fleet-sync/fleet-columns";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.fleet, ({ runtime, query }) => {
  const fleet = runtime.fleet(query);
  return query.form === "columns" ? encodeFleet(fleet) : fleet;
});
