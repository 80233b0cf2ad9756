import "server-only";
import { requireActor } from "@/lib/http/page-auth";
import type { Whoami } from "@/lib/model/access.schema";
import { getRuntime } from "@/lib/server/runtime";

/** The user for the first render of a page; redirects to sign-in when there is none. */
export async function pageWhoami(): Promise<Whoami> {
  const actor = await requireActor();
  return getRuntime().access.whoami(actor, null);
}
