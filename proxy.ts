/**
 * Runs before every page, route and file: rejects foreign Host names with 421 (a page cannot) and sets the headers of
 * documents. It authorises nothing.
 */
import { type NextRequest, NextResponse } from "next/server";
import { localAddress } from "@/lib/access/client-address";
import { isAllowedHost } from "@/lib/config/allowed-hosts";
import type { Configuration } from "@/lib/config/contract";
import { PATH_HEADER } from "@/lib/http/path-header";
import { HEALTH_PATHS } from "@/lib/model/http/health-paths";
import { restoreSlashes } from "@/lib/model/node/path-segments";
import { currentConfiguration } from "@/lib/server/runtime-registry";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

export function proxy(request: NextRequest): NextResponse {
  const configuration = currentConfiguration();
  if (configuration && !isAllowed(request, configuration)) {
    const refused = new NextResponse("421: this Host name is not allowed\n", {
      status: 421,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
    });
    return guarded(refused, "default-src 'none'; frame-ancestors 'none'", request.nextUrl.pathname, null);
  }
  const nonce = Buffer.from(crypto.randomUUID()).toString("base64");
  const policy = contentSecurityPolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  // Where to return after sign-in. A page cannot see its own path.
  headers.set(PATH_HEADER, `${request.nextUrl.pathname}${request.nextUrl.search}`);
  const path = configuration && restoreSlashes(request.nextUrl.pathname, isNodeOf(configuration));
  const next = path
    ? NextResponse.rewrite(new URL(`${path}${request.nextUrl.search}`, request.url), { request: { headers } })
    : NextResponse.next({ request: { headers } });
  return guarded(next, policy, request.nextUrl.pathname, configuration);
}

const isNodeOf =
  ({ nodes }: Configuration) =>
  (id: string) =>
    nodes.some((node) => node.id === id);

function isAllowed({ headers, nextUrl }: NextRequest, configuration: Configuration): boolean {
  if (HEALTH_PATHS.has(nextUrl.pathname)) return true;
  return isAllowedHost(headers.get("host"), configuration, localAddress(headers));
}

function guarded(
  response: NextResponse,
  policy: string,
  path: string,
  configuration: Configuration | null,
): NextResponse {
  const shared = path.startsWith("/s/");
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", shared ? "no-referrer" : "same-origin");
  if (shared) response.headers.set("x-robots-tag", "noindex, nofollow");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("cross-origin-opener-policy", "same-origin");
  if (configuration?.publicUrl?.startsWith("https:")) {
    response.headers.set("strict-transport-security", `max-age=${YEAR_SECONDS}`);
  }
  return response;
}

/** Scripts only with this response's nonce. Styles may be inline: charts position their parts that way. */
function contentSecurityPolicy(nonce: string): string {
  const development = process.env.NODE_ENV === "development" ? " 'unsafe-eval'" : "";
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${development}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
