"use client";
/** The signed-in user, and signing in and out. Every page loads this: nothing larger may join it. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { SignIn, Whoami } from "@/lib/model/access.schema";
import { type ApiError, getJson, sendJson } from "../api";

export const whoamiQuery = queryOptions<Whoami, ApiError>({
  queryKey: ["session"],
  queryFn: ({ signal }) => getJson<Whoami>("/session", signal),
  staleTime: 60_000,
});

/** The signed-in user and role. The page comes with it; it is read again when the window gets the focus. */
export function useWhoami() {
  return useQuery(whoamiQuery);
}

/** Signs in with user name and password. */
export function signIn(input: SignIn): Promise<Whoami> {
  return sendJson<Whoami>("POST", "/session", input);
}

/** Ends the session of this browser. */
export function signOut(): Promise<void> {
  return sendJson<void>("DELETE", "/session");
}
