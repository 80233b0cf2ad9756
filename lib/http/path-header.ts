/** The request header in which `proxy.ts` passes the path to pages, which cannot see their own. */
export const PATH_HEADER = "x-memfleet-path";
