import { diagnosticStream } from "@/lib/diagnostic-stream";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.diagnosticEvents, ({ runtime, request, params }) =>
  diagnosticStream(runtime, request, idParam(params)),
);
