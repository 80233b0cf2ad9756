import { keyStream } from "@/lib/key-stream";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.keys, ({ runtime, request, query, params }) =>
  keyStream(runtime, request, nodeParam(params), query),
);
