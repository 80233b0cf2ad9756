import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { openapiDocument } from "@/lib/model/openapi";

export const GET = route(ENDPOINTS.openapi, () => openapiDocument());
