import { pathParam } from "@/lib/http/params";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const POST = route(ENDPOINTS.cancelDiagnostic, (call) =>
  call.runtime.diagnostics.cancel(actorOf(call), pathParam(call.params, "id")),
);
