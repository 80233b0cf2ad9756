import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { idParam } from "@/lib/route-params";

export const GET = route(ENDPOINTS.diagnostic, ({ runtime, params, query }) => {
  const id = idParam(params);
  return query.form === "progress" ? runtime.diagnostics.progress(id) : runtime.diagnostics.get(id);
});
