import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { openedShare } from "@/lib/share-route";

export const GET = route(ENDPOINTS.shareStatus, openedShare);
