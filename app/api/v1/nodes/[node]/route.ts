import { nodeParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.node, ({ runtime, params }) => {
  const { node } = runtime.record(nodeParam(params));
  return runtime.node(node.id);
});
