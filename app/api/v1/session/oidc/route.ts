import { ENDPOINTS } from "@/lib/model/endpoints";
import { redirectReply } from "@/lib/reply";
import { route } from "@/lib/route";
import { oidcProblem } from "@/lib/sign-in-problem";

export const GET = route(ENDPOINTS.oidcBegin, async ({ runtime, query }) => {
  try {
    const { location, cookie } = await runtime.access.beginOidc(query.next ?? "/");
    return redirectReply(location, [cookie]);
  } catch (error) {
    return redirectReply(oidcProblem(error));
  }
});
