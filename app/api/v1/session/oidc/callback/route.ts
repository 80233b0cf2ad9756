import { ENDPOINTS } from "@/lib/model/endpoints";
import { redirectReply } from "@/lib/reply";
import { route } from "@/lib/route";
import { oidcProblem } from "@/lib/sign-in-problem";

export const GET = route(ENDPOINTS.oidcCallback, async ({ runtime, request }) => {
  try {
    const search = new URL(request.url).searchParams;
    const { next, cookies } = await runtime.access.finishOidc(request.headers, search);
    return redirectReply(next, cookies);
  } catch (error) {
    return redirectReply(oidcProblem(error));
  }
});
