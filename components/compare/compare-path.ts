/** The URL of a comparison. */

/** `/compare` with these nodes in this order. */
export function comparePath(nodes: readonly string[]): string {
  return `/compare?${nodes.map((node) => `node=${encodeURIComponent(node)}`).join("&")}`;
}
