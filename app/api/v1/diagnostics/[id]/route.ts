import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.diagnostic, ({ runtime, params, query }) => {
  const id = pathParam(params, "id");
  return query.form === "progress" ? runtime.diagnostics.progress(id) : runtime.diagnostics.get(id);
});
