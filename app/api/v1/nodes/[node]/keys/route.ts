import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { keyListStream } from "@/lib/http/streams/keys";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.keys, ({ runtime, request, query, params }) =>
  keyListStream(runtime, request, pathParam(params, "node"), query),
);
