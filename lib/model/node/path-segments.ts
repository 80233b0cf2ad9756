/**
 * Node ids and keys as segments of a path. `%2F` does not survive every proxy: nginx with a path in `proxy_pass` decodes
 * it, Apache refuses it, and `.` and `..` are removed by browsers. So an id or key with a slash is written in base64url.
 */
import type { KeyEncoding } from "../actions/action";

/** No host name and no socket begins with it. */
const ENCODED = "~";

/** A node's id as a segment. */
export function nodeSegment(id: string): string {
  return /[/\\]/.test(id) ? `${ENCODED}${toBase64Url(id)}` : encodeURIComponent(id);
}

/** The id in a segment, percent-decoded already. Text that is not valid stays as it is, and names no node. */
export function readNodeSegment(segment: string): string {
  if (!segment.startsWith(ENCODED)) return segment;
  return fromBase64Url(segment.slice(ENCODED.length)) || segment;
}

interface WrittenKey {
  readonly key: string;
  readonly keyEncoding: KeyEncoding;
}

/** A key as a segment, and the encoding that goes with it. */
export function keySegment({ key, keyEncoding }: WrittenKey): { segment: string; keyEncoding: KeyEncoding } {
  if (keyEncoding === "base64") return { segment: encodeURIComponent(urlAlphabet(key)), keyEncoding };
  if (!/[/\\]|^\.{1,2}$/.test(key)) return { segment: encodeURIComponent(key), keyEncoding };
  return { segment: toBase64Url(key), keyEncoding: "base64" };
}

const NODE_PATH = /^(\/api\/v1\/nodes\/|\/nodes\/)(.+)$/;

/**
 * The path that a proxy has decoded, with its slashes encoded again; null when there is nothing to restore. A node on a
 * unix socket is recognised by its configured id; a key is all that follows `/keys/`, except for a last `/value`.
 */
export function restoreSlashes(pathname: string, isNode: (id: string) => boolean): string | null {
  const [, prefix = "", rest = ""] = NODE_PATH.exec(pathname) ?? [];
  if (rest === "") return null;
  const segments = rest.split("/");
  const nodeLength = segments[0] === "unix:" ? socketLength(segments, isNode) : 1;
  if (nodeLength === 0) return null;
  const node = encodedAgain(segments.slice(0, nodeLength));
  const tail = segments.slice(nodeLength);
  const [group, ...key] = tail;
  if (prefix !== "/nodes/" && group === "keys" && key.length > 1) {
    const isValue = key.at(-1) === "value";
    const written = encodedAgain(isValue ? key.slice(0, -1) : key);
    tail.splice(1, tail.length, written, ...(isValue ? ["value"] : []));
  }
  const restored = `${prefix}${[node, ...tail].join("/")}`;
  return restored === pathname ? null : restored;
}

/** How many segments make up the id of a configured node, the longest one first; 0 when there is none. */
function socketLength(segments: readonly string[], isNode: (id: string) => boolean): number {
  for (let length = segments.length; length > 1; length--) {
    const id = decoded(segments.slice(0, length).join("/"));
    if (id !== null && isNode(id)) return length;
  }
  return 0;
}

function encodedAgain(segments: readonly string[]): string {
  return segments.join("%2F");
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function toBase64Url(text: string): string {
  return urlAlphabet(btoa(String.fromCharCode(...new TextEncoder().encode(text))));
}

function urlAlphabet(base64: string): string {
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): string | null {
  try {
    const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const encoded = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(encoded);
  } catch {
    return null;
  }
}
