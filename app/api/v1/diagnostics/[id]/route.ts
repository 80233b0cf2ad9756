import { idParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.diagnostic, ({ runtime, params, query }) => {
  const id = idParam(params);
  return query.form === "progress" ? runtime.diagnostics.progress(id) : runtime.diagnostics.get(id);
});
