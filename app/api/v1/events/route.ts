import { route } from "@/lib/http/route";
import { fleetStream } from "@/lib/http/streams/fleet";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.events, ({ runtime, request, query }) =>
  fleetStream(runtime, request, query.form ?? "nodes"),
);
