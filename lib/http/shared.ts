/** Shared by the routes below `/s/{token}`. */
import "server-only";
import { readCookie, shareCookieName } from "@/lib/access/cookies";
import { NotFoundError } from "@/lib/model/errors";
import type { OpenedShare, ShareStatus } from "@/lib/model/share.schema";
import { getRuntime, type Runtime } from "@/lib/server/runtime";
import { pathParam } from "./params";
import type { Call } from "./route";

/** The same error for every link that does not work, so that it reveals no reason. */
export function shareNotFound(): NotFoundError {
  return new NotFoundError("this link doesn’t exist, has expired, or was revoked");
}

/** What the link shows. Throws `NotFoundError` also for a locked link. */
export async function openShare({
  runtime,
  request,
  params,
}: Pick<Call<unknown, unknown>, "runtime" | "request" | "params">): Promise<ShareStatus> {
  const cookies = request.headers.get("cookie");
  const share = await runtime.shares.open(pathParam(params, "token"), unlockedBy(runtime, cookies));
  if (share === null || share.locked) throw shareNotFound();
  return share.status;
}

/**
 * What the page of a share link shows; null when the link is unknown, expired or revoked. `cookies`: the request's
 * `Cookie` header. Counts as a view.
 */
export function viewShare(token: string, cookies: string | null): Promise<OpenedShare | null> {
  const runtime = getRuntime();
  return runtime.shares.open(token, unlockedBy(runtime, cookies), true);
}

function unlockedBy({ configuration }: Runtime, cookies: string | null): string | null {
  return readCookie(cookies, shareCookieName(configuration));
}
