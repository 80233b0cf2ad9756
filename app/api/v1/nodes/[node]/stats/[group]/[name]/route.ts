import { ENDPOINTS } from "@/lib/model/endpoints";
import { NotFoundError } from "@/lib/model/errors";
import { textReply } from "@/lib/reply";
import { route } from "@/lib/route";
import { groupParam, nodeParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.stat, async ({ runtime, params }) => {
  const group = groupParam(params);
  const record = runtime.record(nodeParam(params));
  const entries = await record.client.stats(group);
  const entry = entries.find(([name]) => name === params.name);
  if (!entry) {
    throw new NotFoundError(
      `${params.name} is not reported by ${record.node.id} (memcached ${record.version ?? "unknown"})`,
    );
  }
  return textReply(`${entry[1]}\n`);
});
