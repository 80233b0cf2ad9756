/** Who looks at a page. Pages read their data on the server, so each asks here first. */
import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Authentication } from "@/lib/access/recognise";
import { type Actor, safeNext } from "@/lib/model/access.schema";
import { isAtLeastRole, type Role } from "@/lib/model/roles";
import { getRuntime } from "@/lib/server/runtime";

/** The path that `proxy.ts` saw; it only says where to go back to. */
export const PATH_HEADER = "x-memfleet-path";

/** Once for a request, however many parts of a page ask. */
const recognised = cache(async (): Promise<Authentication> => getRuntime().access.recognise(await headers()));

/** The actor of the request at hand; null when nobody has signed in. */
export async function pageActor(): Promise<Actor | null> {
  return (await recognised()).actor;
}

/**
 * The same; sends whoever is not signed in to the sign-in page, and back afterwards.

 */
export async function requireActor(): Promise<Actor> {
  const { actor, ...rest } = await recognised();
  if (actor !== null) return actor;
  const next = safeNext((await headers()).get(PATH_HEADER));
  const query = new URLSearchParams(next === "/" ? {} : { next });
  if ("why" in rest && rest.why === "noRole") query.set("problem", "noRole");
  redirect(query.size === 0 ? "/sign-in" : `/sign-in?${query}`);
}

/** Whether the actor of the request at hand has at least this role. */
export async function pageActorHas(role: Role): Promise<boolean> {
  const actor = await pageActor();
  return actor !== null && isAtLeastRole(actor.role, role);
}
