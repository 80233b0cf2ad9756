import { jsonResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";
import { openapiDocument } from "@/lib/model/http/openapi";

export const GET = route(ENDPOINTS.openapi, ({ request }) => jsonResponse(request, openapiDocument()));
