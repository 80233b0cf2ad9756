import { eventStream } from "@/lib/event-stream";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.events, ({ runtime, request, query }) =>
  eventStream(runtime, request, query.form ?? "nodes"),
);
