import { textReply } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.healthy, () => textReply("ok\n"));
