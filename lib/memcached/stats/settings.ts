/**
 * `stats settings`, read where that is safe. memcached formats each value into 128 bytes and then copies as many bytes
 * as the whole value has (memcached.c, `append_stat`; 1.4.5 to 1.6.45): behind a long value it sends what lies on its
 * stack, and with kilobytes, such as hundreds of addresses in `-l`, it crashes.
 */
import { isKnownBefore, parseVersion, type ServerVersion } from "@/lib/model/node/server-version";
import { CommandError } from "../connection/errors";
import type { StatsEntries } from "../contract";
import type { Transport } from "../transport";
import { shortestListLength } from "./listen-list";

/** Longest value that a server formats completely. */
const MAX_VALUE_LENGTH = 127;
/** First version with `stats conns`. */
const CONNS_SINCE: ServerVersion = [1, 4, 18];

/** `refused`: the node does not report its settings; `unsafe`: it was not asked, because that could crash it. */
export type SettingsReading = StatsEntries | "refused" | "unsafe";

/** Whether the list of addresses (`-l`) is short enough, by connection: it cannot change while that is open. */
const shortLists = new WeakMap<Transport, boolean>();

/** Reads the settings of the node at the other end, which reports this version. */
export async function readSettings(transport: Transport, version: string | null): Promise<SettingsReading> {
  if (!(await hasShortList(transport, version))) return "unsafe";
  const entries = await unlessRefused(transport.stats("settings"));
  return entries === null ? "refused" : entries.map(([name, value]) => [name, reportedPart(value)] as const);
}

/** True for a node that cannot list its listeners: an older one, or one without the text protocol. */
async function hasShortList(transport: Transport, version: string | null): Promise<boolean> {
  const known = shortLists.get(transport);
  if (known !== undefined) return known;
  const lists = !isKnownBefore(parseVersion(version), CONNS_SINCE);
  const listeners = lists ? await unlessRefused(transport.listeners()) : null;
  const short = listeners === null || shortestListLength(listeners) <= MAX_VALUE_LENGTH;
  shortLists.set(transport, short);
  return short;
}

/** Without the bytes behind the server's buffer. */
function reportedPart(value: string): string {
  const end = value.indexOf("\0");
  return (end < 0 ? value : value.slice(0, end)).slice(0, MAX_VALUE_LENGTH);
}

/** `SERVER_ERROR` is no refusal: the server may be out of memory for the reply. */
async function unlessRefused<Reply>(reply: Promise<Reply>): Promise<Reply | null> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof CommandError && error.kind !== "serverError") return null;
    throw error;
  }
}
