/** What requests to somebody else's HTTP interface carry: where they go, headers, and a bearer token. */
import { z } from "zod";
import { type PoolFileContext, readEither } from "./pool-files";
import type { ConfigurationPath } from "./problems";
import { path, readText } from "./schema/parts";

/** An address without a user name, which `fetch` refuses, and without a fragment. `shape` says what is allowed. */
export function httpUrl(shape: string) {
  return readText(shape, (text) => {
    if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return { allowed: shape };
    const { username, password, hash, href } = new URL(text);
    return username + password + hash === "" ? href : { allowed: shape };
  });
}

/** Headers that belong to the connection, or are ours to set. */
const OWN_HEADERS =
  /^(host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i;
const HEADER_NAME = "the name of a header that a request may carry";
const HEADER_VALUE = "a text of printable ASCII characters; write it in quotes";

/** The keys of a mapping that says how requests sign in. */
export const requestKeys = {
  headers: z
    .record(
      z
        .string()
        .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/, { error: HEADER_NAME })
        .refine((name) => !OWN_HEADERS.test(name), { error: HEADER_NAME }),
      z.string({ error: HEADER_VALUE }).regex(/^[\x20-\x7e]{0,8000}$/, { error: HEADER_VALUE }),
      {
        error: (issue) => (issue.code === "invalid_key" ? HEADER_NAME : "a mapping of header names to texts"),
      },
    )
    .optional(),
  bearerToken: z.string({ error: "a text; write it in quotes" }).optional(),
  bearerTokenFile: path("the path of a file that holds the token").optional(),
};

export interface RequestSettings {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
}

/** All headers of a request, the token read. What is wrong has been refused. */
export function readHeaders(
  settings: RequestSettings,
  at: ConfigurationPath,
  reading: PoolFileContext,
): Record<string, string> {
  const headers: Record<string, string> = { ...settings.headers };
  const { bearerToken, bearerTokenFile } = settings;
  const given = {
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
  };
  const key = bearerTokenFile === undefined ? "bearerToken" : "bearerTokenFile";
  // Editors and `echo` end a file with a line break that is not part of the token.
  const token = readEither(given, "bearerToken", "bearerTokenFile", at, reading)?.replace(/\r?\n$/, "");
  if (token === undefined) return headers;
  if (Object.keys(headers).some((name) => name.toLowerCase() === "authorization")) {
    reading.refuse([...at, key], `a header Authorization beside ${key}`, "one of them");
  }
  if (!/^[\x21-\x7e]{1,8000}$/.test(token)) {
    reading.refuse([...at, key], "another text", "one line of printable ASCII characters without spaces");
  }
  headers.authorization = `Bearer ${token}`;
  return headers;
}
