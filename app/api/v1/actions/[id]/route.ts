import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.action, ({ runtime, params }) => runtime.actions.get(idParam(params)));
