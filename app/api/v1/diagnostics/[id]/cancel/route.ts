import { ENDPOINTS } from "@/lib/model/endpoints";
import { actorOf, route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const POST = route(ENDPOINTS.cancelDiagnostic, (call) =>
  call.runtime.diagnostics.cancel(actorOf(call), idParam(call.params)),
);
