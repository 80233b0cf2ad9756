import { actionStream } from "@/lib/action-stream";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.actionEvents, ({ runtime, request, params }) =>
  actionStream(runtime, request, idParam(params)),
);
