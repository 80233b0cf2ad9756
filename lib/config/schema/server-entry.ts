/**
 * One server as clients write it: `host:port:weight` (dalli, pylibmc, memcache-client), `memcached://user:password@host`
 * (dalli), a bare socket path (dalli, pylibmc), and Memfleet's own forms.
 */
import type { NodeCredentials } from "@/lib/memcached/contract";
import { parseNodeAddress } from "@/lib/memcached/node-address";
import type { NodeAddress } from "@/lib/model/node/node-address";

export interface ServerEntry {
  readonly address: NodeAddress;
  /** Relative size for ketama; null when none is given, which counts as 1. */
  readonly weight: number | null;
  readonly credentials: NodeCredentials | null;
}

type ServerEntryResult =
  | ({ readonly ok: true } & ServerEntry)
  | { readonly ok: false; readonly allowed: string };

export const MAX_WEIGHT = 65_535;
const WEIGHT = `a weight from 1 to ${MAX_WEIGHT}`;
const URI = /^(?:memcached?|tcp):\/\//i;
const WEIGHTED = /^(\[[^[\]]*\]|[^:[\]/]+):(\d+):(\d+)$/;
const WEIGHTED_SOCKET = /^(\/[^:]*)(?::(\d+))?$/;
const CREDENTIALS = "a user name and a password, percent-encoded, as in memcached://user:password@host:11211";

/** Reads one entry. What is refused comes with what is allowed instead, and never with the entry itself. */
export function parseServerEntry(text: string): ServerEntryResult {
  if (URI.test(text)) return parseUri(text);
  if (/^unix:\/\/\//i.test(text)) return withWeight(text.slice("unix://".length), undefined, true);
  if (/^udp:/i.test(text)) return refuse("a server that is reached over TCP: Memfleet polls over TCP");
  const socket = WEIGHTED_SOCKET.exec(text);
  if (socket !== null) return withWeight(socket[1] ?? "", socket[2], true);
  const weighted = WEIGHTED.exec(text);
  if (weighted !== null) return withWeight(`${weighted[1]}:${weighted[2]}`, weighted[3]);
  return withWeight(text, undefined);
}

/** The entries of a list: separated by commas, semicolons or spaces, or quoted as in a list of Ruby, Python or JSON. */
export function splitServerList(text: string): string[] {
  const quoted = [...text.matchAll(/(["'])(.*?)\1/g)].map(([, , entry = ""]) => entry);
  const rest = text.replaceAll(/(["'])(.*?)\1/g, "");
  // Anything between the quotes, such as an unquoted entry, is not dropped.
  const isList = quoted.length > 0 && /^[\s,[\]()]*$/.test(rest);
  return (isList ? quoted : text.split(/[\s,;]+/)).filter((entry) => entry !== "");
}

function withWeight(address: string, weight: string | undefined, isSocket = false): ServerEntryResult {
  const result = parseNodeAddress(isSocket ? `unix:${address}` : address);
  if (!result.ok) return result;
  const number = weight === undefined ? null : Number(weight);
  if (number !== null && (number < 1 || number > MAX_WEIGHT)) return refuse(WEIGHT);
  return { ok: true, address: result.address, weight: number, credentials: null };
}

function parseUri(text: string): ServerEntryResult {
  const rest = text.replace(URI, "").replace(/\/$/, "");
  const [location = "", query = ""] = rest.split("?", 2);
  const at = location.lastIndexOf("@");
  const weight = /^weight=(\d+)$/.exec(query)?.[1];
  if (query !== "" && weight === undefined) return refuse("an address without parameters other than weight");
  const server = location.slice(at + 1);
  const found = WEIGHTED.exec(server);
  const entry =
    found === null || weight !== undefined
      ? withWeight(server, weight)
      : withWeight(`${found[1]}:${found[2]}`, found[3]);
  if (!entry.ok || at < 0) return entry;
  const credentials = readCredentials(location.slice(0, at));
  return credentials === null ? refuse(CREDENTIALS) : { ...entry, credentials };
}

function readCredentials(text: string): NodeCredentials | null {
  const [name = "", ...parts] = text.split(":");
  try {
    const [username, password] = [decodeURIComponent(name), decodeURIComponent(parts.join(":"))];
    const isUsable = /^[\x21-\x7e\u00a0-\uffff]{1,250}$/.test(username) && /^\P{Cc}+$/u.test(password);
    return isUsable ? { kind: "sasl", username, password } : null;
  } catch {
    // Percent-encoding that is not UTF-8.
    return null;
  }
}

function refuse(allowed: string): ServerEntryResult {
  return { ok: false, allowed };
}
