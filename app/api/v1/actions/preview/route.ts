import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.actionPreview, ({ runtime, query }) => runtime.actions.preview(query));
