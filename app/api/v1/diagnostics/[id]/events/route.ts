import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { diagnosticStream } from "@/lib/http/streams/diagnostics";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.diagnosticEvents, ({ runtime, request, params }) =>
  diagnosticStream(runtime, request, pathParam(params, "id")),
);
