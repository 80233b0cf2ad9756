import { badgeOf } from "@/lib/access/share-badge";
import { route } from "@/lib/http/route";
import { openShare } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.shareBadge, async (call) => {
  const badge = badgeOf(await openShare(call));
  return new Response(badge, {
    headers: { "content-type": "image/svg+xml; charset=utf-8", "cache-control": "no-cache, max-age=0" },
  });
});
