import { groupParam, pathParam } from "@/lib/http/params";
import { textResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { NotFoundError } from "@/lib/model/errors";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.stat, async ({ runtime, params }) => {
  const group = groupParam(params);
  const record = runtime.directory.record(pathParam(params, "node"));
  const entries = await record.client.stats(group);
  const entry = entries.find(([name]) => name === params.name);
  if (!entry) {
    throw new NotFoundError(
      `${params.name} is not reported by ${record.node.id} (memcached ${record.version ?? "unknown"})`,
    );
  }
  return textResponse(`${entry[1]}\n`);
});
