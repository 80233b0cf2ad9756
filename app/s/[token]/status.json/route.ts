import { route } from "@/lib/http/route";
import { openedShare } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.shareStatus, openedShare);
