/**
 * Parses the cluster configuration of ElastiCache. Pure and incremental: chunks can be split anywhere.
 *
 * Source: AWS, "Adding auto discovery to your client library": `CONFIG cluster <flags> <bytes>`, or
 * `VALUE AmazonElastiCache:cluster <flags> <bytes>` before engine 1.4.14; then the payload and `END`. The payload's first
 * line is the version of the configuration, the second one lists the nodes as `host|ip|port`.
 */
import { printable } from "../connection/errors";
import { MAX_LINE_BYTES, MAX_REPLY_BYTES } from "../limits";
import { CRLF } from "../text/line-end";
import { malformed, refusalOf, tooLarge } from "../text/reply-line";

export interface ClusterNode {
  readonly host: string;
  /** Empty if the cluster does not report it. */
  readonly ip: string;
  readonly port: number;
}

export interface ClusterConfiguration {
  /** Increases with every change of the cluster. */
  readonly version: number;
  readonly nodes: readonly ClusterNode[];
  /** Entries in another format than `host|ip|port`, bounded and printable. */
  readonly unreadable: readonly string[];
}

const HEADER = /^(?:CONFIG cluster|VALUE AmazonElastiCache:cluster) \d{1,10} (\d{1,10})$/;
const OPENINGS = [
  "CONFIG cluster ",
  "VALUE AmazonElastiCache:cluster ",
  `END${CRLF}`,
  "ERROR",
  "CLIENT_ERROR",
  "SERVER_ERROR",
];
/** After the payload. */
const TAIL = `${CRLF}END${CRLF}`;

/** Parses one reply to either form of the request. */
export class ClusterReader {
  private bytes: Buffer = Buffer.alloc(0);
  /** Null until `push` returned true, and if the reply is only `END`: the server has no configuration. */
  configuration: ClusterConfiguration | null = null;

  get started(): boolean {
    return this.bytes.length > 0;
  }

  /**
   * Parses the first `length` bytes of a chunk, without keeping the chunk. Returns whether the reply is complete.
   * @throws CommandError for an error line, ConnectionError for a protocol violation or a reply over a limit
   */
  push(chunk: Uint8Array, length: number): boolean {
    if (this.bytes.length + length > MAX_REPLY_BYTES) throw tooLarge(`more than ${MAX_REPLY_BYTES} bytes`);
    this.bytes = Buffer.concat([this.bytes, chunk.subarray(0, length)]);
    const end = this.bytes.indexOf(CRLF);
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
    const rest = this.bytes.toString("latin1", from + length, from + length + TAIL.length + 1);
    if (!TAIL.startsWith(rest)) throw malformed("a configuration of another length than announced");
    if (rest !== TAIL) return false;
    this.configuration = readPayload(this.bytes.toString("utf8", from, from + length));
    return true;
  }
}

/** Parses the payload. Throws a `ConnectionError` if the first line is not a version. */
export function readPayload(payload: string): ClusterConfiguration {
  const [version = "", nodes = ""] = payload.split(/\r?\n/);
  if (!/^\d{1,15}$/.test(version)) throw malformed("a cluster configuration without a version");
  const unreadable: string[] = [];
  const parsed: ClusterNode[] = [];
  for (const entry of nodes.split(" ")) {
    if (entry === "") continue;
    const [, host = "", ip = "", port = ""] = /^([^|]*)\|([^|]*)\|(\d{1,5})$/.exec(entry) ?? [];
    if (host + ip === "") unreadable.push(printable(entry));
    else parsed.push({ host, ip, port: Number(port) });
  }
  return { version: Number(version), nodes: parsed, unreadable };
}
