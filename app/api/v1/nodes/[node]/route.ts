import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.node, ({ runtime, params }) =>
  runtime.directory.node(pathParam(params, "node")),
);
