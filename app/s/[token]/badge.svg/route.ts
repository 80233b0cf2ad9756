import { badgeOf } from "@/lib/access/share-badge";
import { ENDPOINTS } from "@/lib/model/endpoints";
import { route } from "@/lib/route";
import { openedShare } from "@/lib/share-route";

export const GET = route(ENDPOINTS.shareBadge, async (call) => {
  const badge = badgeOf(await openedShare(call));
  return new Response(badge, {
    headers: { "content-type": "image/svg+xml; charset=utf-8", "cache-control": "no-cache, max-age=0" },
  });
});
