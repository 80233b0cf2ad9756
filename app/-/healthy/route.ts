import { textResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.healthy, () => textResponse("ok\n"));
