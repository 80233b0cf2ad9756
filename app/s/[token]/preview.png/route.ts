import { chooseLocale } from "@/components/i18n/locale";
import { renderShareImage } from "@/components/shared-page/image/render-image";
import { route } from "@/lib/http/route";
import { openShare } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.sharePreview, async (call) => {
  const status = await openShare(call);
  const locale = chooseLocale(undefined, call.request.headers.get("accept-language"));
  return new Response(await renderShareImage(status, locale), {
    headers: { "content-type": "image/png", "cache-control": "no-cache, max-age=0" },
  });
});
