import { oidcErrorRedirect } from "@/lib/http/oidc-error";
import { redirectResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.oidcBegin, async ({ runtime, query }) => {
  try {
    const { location, cookie } = await runtime.access.beginOidc(query.next ?? "/");
    return redirectResponse(location, [cookie]);
  } catch (error) {
    return redirectResponse(oidcErrorRedirect(error));
  }
});
