import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.posture, ({ runtime, query }) =>
  runtime.diagnostics.severityMatrix(query),
);
