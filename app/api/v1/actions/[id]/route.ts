import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.action, ({ runtime, params }) =>
  runtime.actions.get(pathParam(params, "id")),
);
