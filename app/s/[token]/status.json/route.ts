import { route } from "@/lib/http/route";
import { openShare } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.shareStatus, openShare);
