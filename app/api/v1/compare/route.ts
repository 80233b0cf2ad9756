import { compareNodes } from "@/lib/collector/compare/nodes";
import { route } from "@/lib/http/route";
import { InputError } from "@/lib/model/errors";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.compare, ({ runtime, query }) => {
  const nodes = query.node.map((id) => {
    if (runtime.node(id) !== null) return runtime.directory.compared(id);
    throw new InputError([{ field: "node", found: JSON.stringify(id), allowed: "ids of configured nodes" }]);
  });
  return compareNodes(nodes, { all: query.all === "1", nowMs: Date.now() });
});
