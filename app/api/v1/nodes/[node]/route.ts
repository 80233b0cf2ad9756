import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.node, ({ runtime, params }) => {
  const { node } = runtime.record(nodeParam(params));
  return runtime.node(node.id);
});
