/**
 * The cluster configuration of ElastiCache, out of the bytes of a reply. Pure and incremental: chunks in, a
 * configuration out, cut anywhere.
 *
 * Source: AWS, "Adding auto discovery to your client library": `CONFIG cluster <flags> <bytes>`, or
 * `VALUE AmazonElastiCache:cluster <flags> <bytes>` before engine 1.4.14; then the payload and `END`. The
 * payload's first line is the version of the configuration, its second the nodes as `host|ip|port`.
 */
import { MAX_LINE_BYTES, MAX_REPLY_BYTES } from "../limits";
import { malformed, refusalOf, tooLarge } from "../text/reply-line";

export interface ClusterNode {
  readonly host: string;
  /** Empty when the cluster does not tell it. */
  readonly ip: string;
  readonly port: number;
}

export interface ClusterConfiguration {
  /** Grows with every change of the cluster. */
  readonly version: number;
  readonly nodes: readonly ClusterNode[];
  /** Entries that are not `host|ip|port`, bounded and printable. */
  readonly unreadable: readonly string[];
}

const HEADER = /^(?:CONFIG cluster|VALUE AmazonElastiCache:cluster) \d{1,10} (\d{1,10})$/;
const OPENINGS = [
  "CONFIG cluster ",
  "VALUE AmazonElastiCache:cluster ",
  "END\r\n",
  "ERROR",
  "CLIENT_ERROR",
  "SERVER_ERROR",
];
const LONGEST_SHOWN = 120;

/** Takes one reply to either question. */
export class ClusterReader {
  private bytes: Buffer = Buffer.alloc(0);
  /** Null until `push` returned true, and after `END` alone: the server holds no configuration. */
  configuration: ClusterConfiguration | null = null;

  /**
   * Takes the first `length` bytes of a chunk; the chunk is not kept. Returns whether the reply is complete.
   * Throws `CommandError` for an error line, `ConnectionError` for what breaks the protocol or a limit.
   */
  push(chunk: Uint8Array, length: number): boolean {
    if (this.bytes.length + length > MAX_REPLY_BYTES) throw tooLarge(`more than ${MAX_REPLY_BYTES} bytes`);
    this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, length)]);
    const end = this.bytes.indexOf("\r\n");
    if (end > MAX_LINE_BYTES || (end < 0 && this.bytes.length > MAX_LINE_BYTES)) {
      throw tooLarge(`a line of more than ${MAX_LINE_BYTES} bytes`);
    }
    const line = this.bytes.toString("latin1", 0, end < 0 ? this.bytes.length : end + 2);
    if (!OPENINGS.some((opening) => line.startsWith(opening) || opening.startsWith(line))) {
      throw malformed("not a cluster configuration");
    }
    if (end < 0) return false;
    const first = line.slice(0, -2);
    if (first === "END" || refusalOf(first) !== null) return this.single(first, end + 2);
    const header = HEADER.exec(first);
    if (header === null) throw malformed("not a cluster configuration");
    return this.block(end + 2, Number(header[1]));
  }

  private single(line: string, end: number): boolean {
    if (this.bytes.length > end) throw malformed("bytes after the end of the reply");
    const refusal = refusalOf(line);
    if (refusal !== null) throw refusal;
    return true;
  }

  private block(from: number, length: number): boolean {
    if (length > MAX_REPLY_BYTES) throw tooLarge(`a configuration of ${length} bytes`);
    const rest = this.bytes.toString("latin1", from + length, from + length + 8);
    if (!"\r\nEND\r\n".startsWith(rest)) throw malformed("the configuration does not end where it says");
    if (rest !== "\r\nEND\r\n") return false;
    this.configuration = readPayload(this.bytes.toString("utf8", from, from + length));
    return true;
  }
}

/** Reads the payload. Throws a `ConnectionError` when its first line is no version. */
export function readPayload(payload: string): ClusterConfiguration {
  const [version = "", nodes = ""] = payload.split(/\r?\n/);
  if (!/^\d{1,15}$/.test(version)) throw malformed("a cluster configuration without its version");
  const unreadable: string[] = [];
  const read: ClusterNode[] = [];
  for (const entry of nodes.split(" ")) {
    if (entry === "") continue;
    const [, host = "", ip = "", port = ""] = /^([^|]*)\|([^|]*)\|(\d{1,5})$/.exec(entry) ?? [];
    if (host + ip === "") unreadable.push(entry.slice(0, LONGEST_SHOWN).replace(/[^\x20-\x7e]/g, "?"));
    else read.push({ host, ip, port: Number(port) });
  }
  return { version: Number(version), nodes: read, unreadable };
}
