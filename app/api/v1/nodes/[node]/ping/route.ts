import { ENDPOINTS } from "@/lib/model/endpoints";
import { pingStream } from "@/lib/ping-stream";
import { actorOf, route } from "@/lib/route";
import { nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.ping, (call) =>
  pingStream(call.runtime, call.request, nodeParam(call.params), actorOf(call).name, call.query),
);
