import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { encodeFleet } from "@/lib/model/fleet-columns";

export const GET = route(ENDPOINTS.fleet, ({ runtime, query }) => {
  const fleet = runtime.fleet(query);
  return query.form === "columns" ? encodeFleet(fleet) : fleet;
});
