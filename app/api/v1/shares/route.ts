import { linkOrigin } from "@/lib/access/origin";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";
import type { ShareMade } from "@/lib/model/share.schema";

export const GET = route(ENDPOINTS.shares, async (call) => ({
  shares: await call.runtime.shares.list(actorOf(call)),
}));

export const POST = route(ENDPOINTS.share, async (call): Promise<ShareMade> => {
  // Never from the request's Host, which somebody else may have chosen.
  const origin = linkOrigin(call.runtime.configuration);
  const { id, token, expiresMs } = await call.runtime.shares.make(actorOf(call), call.body);
  const url = `${origin}/s/${token}`;
  return { id, url, badgeUrl: `${url}/badge.svg`, expiresMs };
});
