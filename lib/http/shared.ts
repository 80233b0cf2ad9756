/** What the routes below `/s/{token}` have in common. */
import "server-only";
import { readCookie, shareCookieName } from "@/lib/access/cookies";
import { NotFoundError } from "@/lib/model/errors";
import type { ShareStatus } from "@/lib/model/share.schema";
import type { Call } from "./route";

/** The one answer to a link that does not work, whatever the reason. */
export function shareNotFound(): NotFoundError {
  return new NotFoundError("there is nothing here");
}

/** What the link shows. Throws `NotFoundError` also while it is locked. */
export async function openShare({
  runtime,
  request,
  params,
}: Pick<Call<unknown, unknown>, "runtime" | "request" | "params">): Promise<ShareStatus> {
  const name = shareCookieName(runtime.configuration);
  const unlocked = readCookie(request.headers.get("cookie"), name);
  const opened = await runtime.shares.open(params.token ?? "", unlocked);
  if (opened === null || opened.locked) throw shareNotFound();
  return opened.status;
}
