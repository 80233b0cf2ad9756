import { ownOrigin } from "@/lib/access/origin";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";
import type { ShareMade } from "@/lib/model/share.schema";

export const GET = route(ENDPOINTS.shares, async (call) => ({
  shares: await call.runtime.shares.list(actorOf(call)),
}));

export const POST = route(ENDPOINTS.share, async (call): Promise<ShareMade> => {
  const { id, token, expiresMs } = await call.runtime.shares.make(actorOf(call), call.body);
  // Never from the request's Host, which somebody else may have chosen.
  const url = `${ownOrigin(call.runtime.configuration)}/s/${token}`;
  return { id, url, badgeUrl: `${url}/badge.svg`, expiresMs };
});
