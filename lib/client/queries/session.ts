"use client";
/** Who is signed in, and the ways in and out. Every page loads this: nothing larger may join it. */
import { useQuery } from "@tanstack/react-query";
import type { SignIn, Whoami } from "@/lib/model/access.schema";
import { type ApiError, getJson, segment, sendJson } from "../api";
import { queryKeys } from "./query-keys";

/** Who is signed in. The page comes with the answer; it is asked for again when the window gets the focus. */
export function useWhoami() {
  return useQuery<Whoami, ApiError>({
    queryKey: queryKeys.whoami,
    queryFn: ({ signal }) => getJson<Whoami>("/session", signal),
    staleTime: 60_000,
  });
}

/** Signs in with user name and password. */
export function signIn(input: SignIn): Promise<Whoami> {
  return sendJson<Whoami>("POST", "/api/v1/session", input);
}

/** Ends the session of this browser. */
export function signOut(): Promise<void> {
  return sendJson<void>("DELETE", "/api/v1/session");
}

/** Opens a share link that has a password, for this browser. */
export function unlockShare(token: string, password: string): Promise<void> {
  return sendJson<void>("POST", `/s/${segment(token)}/unlock`, { password });
}
