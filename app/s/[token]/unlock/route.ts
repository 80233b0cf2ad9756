import { setCookie, shareCookieName } from "@/lib/access/cookies";
import { pathParam } from "@/lib/http/params";
import { emptyResponse } from "@/lib/http/responses";
import { route } from "@/lib/http/route";
import { shareNotFound } from "@/lib/http/shared";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const POST = route(ENDPOINTS.unlockShare, async ({ runtime, request, params, body }) => {
  const { access, shares, configuration } = runtime;
  const token = pathParam(params, "token");
  const key = await shares.unlock(token, body.password, access.addressOf(request.headers));
  if (key === null) throw shareNotFound();
  if (key === "") return emptyResponse();
  const name = shareCookieName(configuration);
  return emptyResponse([setCookie(name, key, configuration, { path: `/s/${token}`, maxAgeSeconds: null })]);
});
