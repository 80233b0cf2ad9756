import "server-only";
import { requireActor } from "@/lib/http/page-auth";
import type { Whoami } from "@/lib/model/access.schema";
import { getRuntime } from "@/lib/server/runtime";

/** Who looks at a page, as the page is first rendered with it; sends whoever is not signed in to sign in. */
export async function pageWhoami(): Promise<Whoami> {
  const actor = await requireActor();
  return getRuntime().access.whoami(actor, null);
}
