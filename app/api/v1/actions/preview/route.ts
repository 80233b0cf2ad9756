import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.actionPreview, ({ runtime, query }) => runtime.actions.preview(query));
