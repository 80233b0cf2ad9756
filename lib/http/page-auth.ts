/** Who opens a page. Pages read their data on the server, so each of them checks here first. */
import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Authentication } from "@/lib/access/recognise";
import { type Actor, safeNext } from "@/lib/model/access.schema";
import { getRuntime } from "@/lib/server/runtime";
import { PATH_HEADER } from "./path-header";

/** Cached for the request: several parts of a page need it. */
const recognised = cache(
  async (): Promise<Authentication> => getRuntime().access.authenticate(await headers()),
);

/** The actor of the current request; null without a signed-in user. */
export async function pageActor(): Promise<Actor | null> {
  return (await recognised()).actor;
}

/** The actor of the current request. Without one, redirects to the sign-in page, which leads back here. */
export async function requireActor(): Promise<Actor> {
  const { actor, ...rest } = await recognised();
  if (actor !== null) return actor;
  const next = safeNext((await headers()).get(PATH_HEADER));
  const query = new URLSearchParams(next === "/" ? {} : { next });
  if ("why" in rest && rest.why === "noRole") query.set("problem", "noRole");
  redirect(query.size === 0 ? "/sign-in" : `/sign-in?${query}`);
}
