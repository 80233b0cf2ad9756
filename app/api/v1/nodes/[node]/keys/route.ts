import { nodeParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { keyStream } from "@/lib/http/streams/keys";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.keys, ({ runtime, request, query, params }) =>
  keyStream(runtime, request, nodeParam(params), query),
);
