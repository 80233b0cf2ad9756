/* How requests to other HTTP services may be configured: address, headers, bearer token. */
import { z } from "zod";
import { path, readText } from "./parts";

/** An address without a user name, which `fetch` refuses, and without a fragment. `shape` describes what is allowed. */
export function httpUrl(shape: string) {
  return readText(shape, (text) => {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return { allowed: shape };
    const { username, password, hash, href } = new URL(text);
    return username + password + hash === "" ? href : { allowed: shape };
  });
}

/** Headers that belong to the connection, or are set by Memfleet. */
const OWN_HEADERS =
  /^(host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const HEADER_NAME = "a valid request header name";
const HEADER_VALUE = "printable ASCII text; put it in quotes";

/** The keys of a mapping that configures how requests sign in. */
export const requestKeys = {
  headers: z
    .record(
      z
        .string()
        .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, { error: HEADER_NAME })
        .refine((name) => !OWN_HEADERS.test(name), { error: HEADER_NAME }),
      z.string({ error: HEADER_VALUE }).regex(/^[\x20-\x7e]{0,8000}$/, { error: HEADER_VALUE }),
      {
        error: (issue) => (issue.code === "invalid_key" ? HEADER_NAME : "a mapping of header names to text"),
      },
    )
    .optional(),
  bearerToken: z.string({ error: "text; put it in quotes" }).optional(),
  bearerTokenFile: path("the path of a token file").optional(),
};
