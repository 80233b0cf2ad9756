import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.diagnostic, ({ runtime, params }) =>
  runtime.diagnostics.get(idParam(params)),
);
