import { pathParam } from "@/lib/http/params";
import { actorOf, route } from "@/lib/http/route";
import { pingStream } from "@/lib/http/streams/ping";
import { identityOf } from "@/lib/model/access.schema";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.ping, (call) =>
  pingStream(
    call.runtime,
    call.request,
    pathParam(call.params, "node"),
    identityOf(actorOf(call)),
    call.query,
  ),
);
