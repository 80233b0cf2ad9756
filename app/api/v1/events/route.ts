import { route } from "@/lib/http/route";
import { eventStream } from "@/lib/http/streams/fleet";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.events, ({ runtime, request, query }) =>
  eventStream(runtime, request, query.form ?? "nodes"),
);
