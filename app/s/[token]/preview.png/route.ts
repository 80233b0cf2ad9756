import { chooseLocale } from "@/components/i18n/locale";
import { shareImage } from "@/components/shared-page/image/image-cache";
import { pathParam } from "@/lib/http/params";
import { route } from "@/lib/http/route";
import { openShare } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.sharePreview, async (call) => {
  const status = await openShare(call);
  const locale = chooseLocale(undefined, call.request.headers.get("accept-language"));
  return new Response(await shareImage(pathParam(call.params, "token"), status, locale), {
    headers: { "content-type": "image/png", "cache-control": "no-cache, max-age=0" },
  });
});
