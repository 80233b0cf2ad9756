import { ENDPOINTS } from "@/lib/model/endpoints";
import { textReply } from "@/lib/reply";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.healthy, () => textReply("ok\n"));
