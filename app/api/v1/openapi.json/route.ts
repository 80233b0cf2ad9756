import { ENDPOINTS } from "@/lib/model/endpoints";
import { openapiDocument } from "@/lib/model/openapi";
import { route } from "@/lib/route";

export const GET = route(ENDPOINTS.openapi, () => openapiDocument());
