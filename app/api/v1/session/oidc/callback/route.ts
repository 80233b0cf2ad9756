import { oidcErrorRedirect } from "@/lib/http/oidc-error";
import { redirectResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.oidcCallback, async ({ runtime, request }) => {
  try {
    const search = new URL(request.url).searchParams;
    const { next, cookies } = await runtime.access.finishOidc(request.headers, search);
    return redirectResponse(next, cookies);
  } catch (error) {
    return redirectResponse(oidcErrorRedirect(error));
  }
});
