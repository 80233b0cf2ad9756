import { emptyResponse, jsonResponse, withCookies } from "@/lib/http/responses";
import { actorOf, route } from "@/lib/http/route";
import { ENDPOINTS } from "@/lib/model/http/endpoints";

export const GET = route(ENDPOINTS.whoami, (call) =>
  call.runtime.access.whoami(actorOf(call), call.caller?.session ?? null),
);

export const POST = route(ENDPOINTS.signIn, async ({ runtime, request, body }) => {
  const { actor, session, cookies } = await runtime.access.signIn(request.headers, body);
  return withCookies(jsonResponse(request, runtime.access.whoami(actor, session)), cookies);
});

export const DELETE = route(ENDPOINTS.signOut, async (call) => {
  const session = call.caller?.session ?? null;
  return emptyResponse([await call.runtime.access.signOut(call.request.headers, actorOf(call), session)]);
});
