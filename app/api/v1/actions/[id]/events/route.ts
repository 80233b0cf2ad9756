import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { actionStream } from "@/lib/http/streams/action";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.actionEvents, ({ runtime, request, params }) =>
  actionStream(runtime, request, pathParam(params, "id")),
);
