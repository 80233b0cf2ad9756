/** Headers of requests to other HTTP services, a bearer token included. */
import { type PoolFileContext, readEither } from "./pool-files";
import type { ConfigurationPath } from "./problems";

interface RequestSettings {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly bearerToken?: string | undefined;
  readonly bearerTokenFile?: string | undefined;
}

/** All headers of a request, the token read. Problems are reported through `context`. */
export function readHeaders(
  settings: RequestSettings,
  path: ConfigurationPath,
  context: PoolFileContext,
): Record<string, string> {
  const headers: Record<string, string> = { ...settings.headers };
  const { bearerToken, bearerTokenFile } = settings;
  const tokenSettings = {
    ...(bearerToken === undefined ? {} : { bearerToken }),
    ...(bearerTokenFile === undefined ? {} : { bearerTokenFile }),
  };
  const key = bearerTokenFile === undefined ? "bearerToken" : "bearerTokenFile";
  // Editors and `echo` end a file with a line break that is not part of the token.
  const token = readEither(tokenSettings, "bearerToken", "bearerTokenFile", path, context)?.replace(
    /\r?\n$/,
    "",
  );
  if (token === undefined) return headers;
  if (Object.keys(headers).some((name) => name.toLowerCase() === "authorization")) {
    context.refuse([...path, key], `an Authorization header and ${key}`, "one of them");
  }
  if (!/^[\x21-\x7e]{1,8000}$/.test(token)) {
    context.refuse([...path, key], "other text", "one line of printable ASCII characters without spaces");
  }
  headers.authorization = `Bearer ${token}`;
  return headers;
}
